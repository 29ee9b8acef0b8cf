select
  "W"."DAY",
  max("W"."NAME") as "VALUE_1",
  max("W"."NUMBER") as "VALUE_2",
  max("W"."MOMENT") as "VALUE_3"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
