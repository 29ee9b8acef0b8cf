select "ORDERS"."AMOUNT", 1 as "K", 'x' as "T", "ORDERS"."ORDER_ID" as "ID"
from "RAW"."ORDERS" as "ORDERS"
limit 10
