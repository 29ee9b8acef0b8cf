select
  "w"."number" as "value_1",
  cast(ceil("w"."price") as decimal(11, 0)) as "value_2",
  ceil("w"."ratio") as "value_3",
  "w"."big" as "value_4"
from "raw"."wide" as "w"
