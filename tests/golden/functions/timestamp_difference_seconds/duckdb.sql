select
  cast(epoch_us("w"."moment") - epoch_us("w"."other_moment") as decimal(38, 0)) * 0.000001 as "value_1",
  cast(epoch_us("w"."instant") - epoch_us("w"."other_instant") as decimal(38, 0)) * 0.000001 as "value_2"
from "raw"."wide" as "w"
