select
  cast(day_of_week("w"."day") as integer) as "value_1",
  cast(day_of_week("w"."moment") as integer) as "value_2",
  cast(day_of_week("w"."instant") as integer) as "value_3"
from "raw"."wide" as "w"
