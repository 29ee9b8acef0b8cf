select
  "orders"."order_id",
  '#' || cast(cast("orders"."amount" * 1.19 as numeric(15, 4)) as text) as "label",
  round("orders"."amount" * 1.19, 1) as "rounded"
from "raw"."orders" as "orders"
where round("orders"."amount" * 1.19, 1) is not null
