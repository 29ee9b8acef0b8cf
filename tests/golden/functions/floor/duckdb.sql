select
  "w"."number" as "value_1",
  cast(floor("w"."price") as decimal(11, 0)) as "value_2",
  floor("w"."ratio") as "value_3",
  "w"."big" as "value_4"
from "raw"."wide" as "w"
