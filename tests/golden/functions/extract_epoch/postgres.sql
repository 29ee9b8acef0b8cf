select
  cast(extract(epoch from "w"."moment") as numeric(20, 6)) as "value_1",
  cast(extract(epoch from "w"."instant") as numeric(20, 6)) as "value_2"
from "raw"."wide" as "w"
