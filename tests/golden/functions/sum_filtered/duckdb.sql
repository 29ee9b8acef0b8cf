select
  "w"."day",
  cast(sum("w"."number") filter (where "w"."number" > 0) as bigint) as "value_1",
  sum("w"."price") filter (where "w"."number" > 0) as "value_2",
  sum("w"."ratio") filter (where "w"."number" > 0) as "value_3",
  cast(sum("w"."big") filter (where "w"."number" > 0) as decimal(38, 0)) as "value_4"
from "raw"."wide" as "w"
group by "w"."day"
