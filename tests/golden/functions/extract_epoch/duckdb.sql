select
  cast(cast(epoch_us("w"."moment") as decimal(19, 0)) * 0.000001 as decimal(20, 6)) as "value_1",
  cast(cast(epoch_us("w"."instant") as decimal(19, 0)) * 0.000001 as decimal(20, 6)) as "value_2"
from "raw"."wide" as "w"
