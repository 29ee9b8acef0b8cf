select
  "W"."NAME" is not distinct from "W"."OTHER_NAME" as "VALUE_1",
  "W"."NUMBER" is not distinct from "W"."OTHER_NUMBER" as "VALUE_2",
  "W"."MOMENT" is not distinct from "W"."OTHER_MOMENT" as "VALUE_3",
  "W"."FLAG" is not distinct from "W"."OTHER_FLAG" as "VALUE_4"
from "RAW"."WIDE" as "W"
