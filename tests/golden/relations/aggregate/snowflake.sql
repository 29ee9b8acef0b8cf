select "ORDERS_2"."CUSTOMER", count(*) as "ORDERS", sum("ORDERS_2"."AMOUNT") as "TOTAL"
from "RAW"."ORDERS" as "ORDERS_2"
group by "ORDERS_2"."CUSTOMER"
