select
  "orders"."customer",
  count(*) as "orders",
  cast(sum("orders"."amount") as decimal(38, 2)) as "total",
  row_number() over (order by cast(sum("orders"."amount") as decimal(38, 2)) desc nulls last, "orders"."customer" nulls last) as "place"
from "raw"."orders" as "orders"
where "orders"."amount" > 100
group by "orders"."customer"
