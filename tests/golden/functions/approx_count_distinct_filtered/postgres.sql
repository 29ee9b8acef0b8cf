select
  "w"."day",
  count(distinct "w"."name") filter (where "w"."number" > 0) as "value_1",
  count(distinct "w"."number") filter (where "w"."number" > 0) as "value_2",
  count(distinct "w"."moment") filter (where "w"."number" > 0) as "value_3",
  count(distinct "w"."flag") filter (where "w"."number" > 0) as "value_4"
from "raw"."wide" as "w"
group by "w"."day"
