select count(*) as "ORDERS", sum("ORDERS_2"."AMOUNT") as "TOTAL"
from "RAW"."ORDERS" as "ORDERS_2"
