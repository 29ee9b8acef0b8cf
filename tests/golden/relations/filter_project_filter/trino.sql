select
  "orders"."order_id",
  '#' || cast("orders"."amount" * 1.19 as varchar) as "label",
  cast(round("orders"."amount" * 1.19, 1) as decimal(16, 4)) as "rounded"
from "raw"."orders" as "orders"
where cast(round("orders"."amount" * 1.19, 1) as decimal(16, 4)) is not null
