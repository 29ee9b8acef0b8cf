select "ORDERS"."CUSTOMER"
from "RAW"."ORDERS" as "ORDERS"
except
select "CUSTOMERS"."CUSTOMER"
from "RAW"."CUSTOMERS" as "CUSTOMERS"
