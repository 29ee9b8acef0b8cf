select
  "W"."NAME" < "W"."OTHER_NAME" as "VALUE_1",
  "W"."NUMBER" < "W"."OTHER_NUMBER" as "VALUE_2",
  "W"."MOMENT" < "W"."OTHER_MOMENT" as "VALUE_3",
  "W"."FLAG" < "W"."OTHER_FLAG" as "VALUE_4"
from "RAW"."WIDE" as "W"
