with "orders_computed" as (
  select
    "orders"."order_id",
    "orders"."customer",
    "orders"."placed_on",
    "orders"."amount",
    1 as "one"
  from "raw"."orders" as "orders"
)
select "orders_2"."one", count(*) as "orders"
from "orders_computed" as "orders_2"
group by "orders_2"."one"
