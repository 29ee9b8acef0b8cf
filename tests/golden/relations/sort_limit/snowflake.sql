select "ORDERS"."ORDER_ID", "ORDERS"."CUSTOMER", "ORDERS"."PLACED_ON", "ORDERS"."AMOUNT"
from "RAW"."ORDERS" as "ORDERS"
order by "ORDERS"."AMOUNT" desc nulls last, "ORDERS"."ORDER_ID"
limit 10
