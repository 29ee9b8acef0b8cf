select
  cast(year_of_week("w"."day") as integer) as "value_1",
  cast(year_of_week("w"."moment") as integer) as "value_2",
  cast(year_of_week("w"."instant") as integer) as "value_3"
from "raw"."wide" as "w"
