select "ORDERS"."AMOUNT", 1 as "K", 'x' as "T", "ORDERS"."ORDER_ID" as "ID"
from "RAW"."ORDERS" as "ORDERS"
order by "ORDERS"."ORDER_ID"
limit 10
