select
  "w"."day",
  count(distinct "w"."name") as "value_1",
  count(distinct "w"."number") as "value_2",
  count(distinct "w"."moment") as "value_3",
  count(distinct "w"."flag") as "value_4"
from "raw"."wide" as "w"
group by "w"."day"
