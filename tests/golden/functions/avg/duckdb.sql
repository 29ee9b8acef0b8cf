select
  "w"."day",
  cast(sum("w"."number") / count("w"."number") as decimal(38, 4)) + cast((sum("w"."number") - cast(sum("w"."number") / count("w"."number") as decimal(38, 4)) * count("w"."number")) / count("w"."number") as decimal(38, 16)) as "value_1",
  cast(sum("w"."price") / count("w"."price") as decimal(38, 4)) + cast((sum("w"."price") - cast(sum("w"."price") / count("w"."price") as decimal(38, 4)) * count("w"."price")) / count("w"."price") as decimal(38, 16)) as "value_2",
  cast(sum("w"."ratio") as double) / count("w"."ratio") as "value_3",
  cast(sum("w"."big") / count("w"."big") as decimal(38, 4)) + cast((sum("w"."big") - cast(sum("w"."big") / count("w"."big") as decimal(38, 4)) * count("w"."big")) / count("w"."big") as decimal(38, 16)) as "value_4"
from "raw"."wide" as "w"
group by "w"."day"
