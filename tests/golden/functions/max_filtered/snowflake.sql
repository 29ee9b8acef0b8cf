select
  "W"."DAY",
  max(case when "W"."NUMBER" > 0 then "W"."NAME" end) as "VALUE_1",
  max(case when "W"."NUMBER" > 0 then "W"."NUMBER" end) as "VALUE_2",
  max(case when "W"."NUMBER" > 0 then "W"."MOMENT" end) as "VALUE_3"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
