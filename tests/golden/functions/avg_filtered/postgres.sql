select
  "w"."day",
  avg("w"."number") filter (where "w"."number" > 0) as "value_1",
  avg("w"."price") filter (where "w"."number" > 0) as "value_2",
  cast(sum("w"."ratio") filter (where "w"."number" > 0) as double precision) / count("w"."ratio") filter (where "w"."number" > 0) as "value_3",
  avg("w"."big") filter (where "w"."number" > 0) as "value_4"
from "raw"."wide" as "w"
group by "w"."day"
