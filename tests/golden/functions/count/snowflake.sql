select
  "W"."DAY",
  count("W"."NAME") as "VALUE_1",
  count("W"."NUMBER") as "VALUE_2",
  count("W"."MOMENT") as "VALUE_3",
  count("W"."FLAG") as "VALUE_4"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
