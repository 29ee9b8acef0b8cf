select
  date_trunc('month', cast("orders"."placed_on" as timestamp)) as "month",
  cast(sum("orders"."amount") as decimal(38, 2)) as "total"
from "raw"."orders" as "orders"
group by date_trunc('month', cast("orders"."placed_on" as timestamp))
having cast(sum("orders"."amount") as decimal(38, 2)) > 0
order by date_trunc('month', cast("orders"."placed_on" as timestamp)) nulls last
