select
  cast(extract(day from "w"."day") as integer) as "value_1",
  cast(extract(day from "w"."moment") as integer) as "value_2",
  cast(extract(day from "w"."instant") as integer) as "value_3"
from "raw"."wide" as "w"
