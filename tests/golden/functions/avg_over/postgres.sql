select
  avg("w"."number") over (partition by "w"."day" order by "w"."moment" desc nulls first, "w"."id" rows between unbounded preceding and current row) as "value_1",
  avg("w"."price") over (partition by "w"."day" order by "w"."moment" desc nulls first, "w"."id" rows between unbounded preceding and current row) as "value_2",
  cast(sum("w"."ratio") over (partition by "w"."day" order by "w"."moment" desc nulls first, "w"."id" rows between unbounded preceding and current row) as double precision) / count("w"."ratio") over (partition by "w"."day" order by "w"."moment" desc nulls first, "w"."id" rows between unbounded preceding and current row) as "value_3",
  avg("w"."big") over (partition by "w"."day" order by "w"."moment" desc nulls first, "w"."id" rows between unbounded preceding and current row) as "value_4"
from "raw"."wide" as "w"
