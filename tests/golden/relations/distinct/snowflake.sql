select distinct "ORDERS"."CUSTOMER", "ORDERS"."PLACED_ON"
from "RAW"."ORDERS" as "ORDERS"
