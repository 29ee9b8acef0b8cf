select
  cast(day_of_week("w"."day") % 7 as integer) as "value_1",
  cast(day_of_week("w"."moment") % 7 as integer) as "value_2",
  cast(day_of_week("w"."instant") % 7 as integer) as "value_3"
from "raw"."wide" as "w"
