select
  date_trunc('month', cast("ORDERS"."PLACED_ON" as timestamp_ntz(6))) as "MONTH",
  sum("ORDERS"."AMOUNT") as "TOTAL"
from "RAW"."ORDERS" as "ORDERS"
group by date_trunc('month', cast("ORDERS"."PLACED_ON" as timestamp_ntz(6)))
having sum("ORDERS"."AMOUNT") > 0
order by date_trunc('month', cast("ORDERS"."PLACED_ON" as timestamp_ntz(6))) nulls last
