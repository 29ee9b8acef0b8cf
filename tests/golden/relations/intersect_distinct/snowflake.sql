select "ORDERS"."CUSTOMER"
from "RAW"."ORDERS" as "ORDERS"
intersect
select "CUSTOMERS"."CUSTOMER"
from "RAW"."CUSTOMERS" as "CUSTOMERS"
