select
  "w"."day",
  cast(sum("w"."number") as bigint) as "value_1",
  sum("w"."price") as "value_2",
  sum("w"."ratio") as "value_3",
  cast(sum("w"."big") as decimal(38, 0)) as "value_4"
from "raw"."wide" as "w"
group by "w"."day"
