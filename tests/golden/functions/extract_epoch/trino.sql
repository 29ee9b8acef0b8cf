select
  cast(date_diff('second', timestamp '1970-01-01 00:00:00.000000', date_trunc('minute', "w"."moment")) + cast(substr(cast("w"."moment" as varchar), 18) as decimal(8, 6)) as decimal(20, 6)) as "value_1",
  cast(date_diff('second', timestamp '1970-01-01 00:00:00.000000', date_trunc('minute', cast(at_timezone("w"."instant", 'UTC') as timestamp(6)))) + cast(substr(cast(cast(at_timezone("w"."instant", 'UTC') as timestamp(6)) as varchar), 18) as decimal(8, 6)) as decimal(20, 6)) as "value_2"
from "raw"."wide" as "w"
