select
  "W"."NAME" is null as "VALUE_1",
  "W"."NUMBER" is null as "VALUE_2",
  "W"."MOMENT" is null as "VALUE_3",
  "W"."FLAG" is null as "VALUE_4"
from "RAW"."WIDE" as "W"
