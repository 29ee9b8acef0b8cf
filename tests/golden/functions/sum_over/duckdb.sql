select
  cast(sum("w"."number") over (partition by "w"."day" order by "w"."moment" desc nulls first, "w"."id" rows between unbounded preceding and current row) as bigint) as "value_1",
  sum("w"."price") over (partition by "w"."day" order by "w"."moment" desc nulls first, "w"."id" rows between unbounded preceding and current row) as "value_2",
  sum("w"."ratio") over (partition by "w"."day" order by "w"."moment" desc nulls first, "w"."id" rows between unbounded preceding and current row) as "value_3",
  cast(sum("w"."big") over (partition by "w"."day" order by "w"."moment" desc nulls first, "w"."id" rows between unbounded preceding and current row) as decimal(38, 0)) as "value_4"
from "raw"."wide" as "w"
