select
  date_trunc('month', cast("orders"."placed_on" as timestamp)) as "month",
  sum("orders"."amount") as "total"
from "raw"."orders" as "orders"
group by date_trunc('month', cast("orders"."placed_on" as timestamp))
having sum("orders"."amount") > 0
order by date_trunc('month', cast("orders"."placed_on" as timestamp)) nulls last
