select
  cast(cast(extract(microsecond from "w"."moment") as decimal(18, 0)) * 0.000001 as decimal(8, 6)) as "value_1",
  cast(cast(extract(microsecond from "w"."instant") as decimal(18, 0)) * 0.000001 as decimal(8, 6)) as "value_2",
  cast(cast(extract(microsecond from "w"."clock") as decimal(18, 0)) * 0.000001 as decimal(8, 6)) as "value_3"
from "raw"."wide" as "w"
