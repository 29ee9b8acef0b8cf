select
  cast(extract(hour from "w"."moment") as integer) as "value_1",
  cast(extract(hour from "w"."instant") as integer) as "value_2",
  cast(extract(hour from "w"."clock") as integer) as "value_3"
from "raw"."wide" as "w"
