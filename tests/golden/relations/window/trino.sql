select
  "orders_2"."customer",
  count(*) as "orders",
  sum("orders_2"."amount") as "total",
  row_number() over (order by sum("orders_2"."amount") desc nulls last, "orders_2"."customer" nulls last) as "place"
from "raw"."orders" as "orders_2"
where "orders_2"."amount" > 100
group by "orders_2"."customer"
