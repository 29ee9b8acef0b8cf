select
  "w"."day",
  cast(sum("w"."number") as double) / count("w"."number") as "value_1",
  cast(sum("w"."price") as double) / count("w"."price") as "value_2",
  cast(sum("w"."ratio") as double) / count("w"."ratio") as "value_3",
  cast(sum("w"."big") as double) / count("w"."big") as "value_4"
from "raw"."wide" as "w"
group by "w"."day"
