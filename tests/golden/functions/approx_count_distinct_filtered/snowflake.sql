select
  "W"."DAY",
  approx_count_distinct(case when "W"."NUMBER" > 0 then "W"."NAME" end) as "VALUE_1",
  approx_count_distinct(case when "W"."NUMBER" > 0 then "W"."NUMBER" end) as "VALUE_2",
  approx_count_distinct(case when "W"."NUMBER" > 0 then "W"."MOMENT" end) as "VALUE_3",
  approx_count_distinct(case when "W"."NUMBER" > 0 then "W"."FLAG" end) as "VALUE_4"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
