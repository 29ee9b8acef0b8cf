select
  strftime("w"."moment", '%Y-%m-%d %H:%M:%S.%f') as "value_1",
  strftime("w"."instant", '%Y-%m-%d %H:%M:%S.%f') as "value_2"
from "raw"."wide" as "w"
