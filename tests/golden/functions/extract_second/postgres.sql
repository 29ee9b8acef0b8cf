select
  cast(extract(second from "w"."moment") as numeric(8, 6)) as "value_1",
  cast(extract(second from "w"."instant") as numeric(8, 6)) as "value_2",
  cast(extract(second from "w"."clock") as numeric(8, 6)) as "value_3"
from "raw"."wide" as "w"
