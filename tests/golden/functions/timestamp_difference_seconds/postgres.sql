select
  cast(extract(epoch from "w"."moment" - "w"."other_moment") as numeric(38, 6)) as "value_1",
  cast(extract(epoch from "w"."instant" - "w"."other_instant") as numeric(38, 6)) as "value_2"
from "raw"."wide" as "w"
