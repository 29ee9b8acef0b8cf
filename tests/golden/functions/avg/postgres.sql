select
  "w"."day",
  cast(sum("w"."number") as double precision) / count("w"."number") as "value_1",
  cast(sum("w"."price") as double precision) / count("w"."price") as "value_2",
  cast(sum("w"."ratio") as double precision) / count("w"."ratio") as "value_3",
  cast(sum("w"."big") as double precision) / count("w"."big") as "value_4"
from "raw"."wide" as "w"
group by "w"."day"
