select
  "W"."NAME" is not null as "VALUE_1",
  "W"."NUMBER" is not null as "VALUE_2",
  "W"."MOMENT" is not null as "VALUE_3",
  "W"."FLAG" is not null as "VALUE_4"
from "RAW"."WIDE" as "W"
