select
  date_format("w"."moment", '%Y-%m-%d %H:%i:%s.') || substr(cast("w"."moment" as varchar), 21) as "value_1",
  date_format(cast(at_timezone("w"."instant", 'UTC') as timestamp(6)), '%Y-%m-%d %H:%i:%s.') || substr(cast(cast(at_timezone("w"."instant", 'UTC') as timestamp(6)) as varchar), 21) as "value_2"
from "raw"."wide" as "w"
