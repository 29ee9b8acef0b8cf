select
  cast(at_timezone("w"."instant", 'UTC') as timestamp(6)) as "value_1",
  at_timezone(with_timezone("w"."moment", 'UTC'), 'UTC') as "value_2"
from "raw"."wide" as "w"
