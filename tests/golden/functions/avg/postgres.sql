select
  "w"."day",
  avg("w"."number") as "value_1",
  avg("w"."price") as "value_2",
  cast(sum("w"."ratio") as double precision) / count("w"."ratio") as "value_3",
  avg("w"."big") as "value_4"
from "raw"."wide" as "w"
group by "w"."day"
