select
  cast(substr(cast("w"."moment" as varchar), 18) as decimal(8, 6)) as "value_1",
  cast(substr(cast(cast(at_timezone("w"."instant", 'UTC') as timestamp(6)) as varchar), 18) as decimal(8, 6)) as "value_2",
  cast(substr(cast(cast("w"."clock" as time(6)) as varchar), 7) as decimal(8, 6)) as "value_3"
from "raw"."wide" as "w"
