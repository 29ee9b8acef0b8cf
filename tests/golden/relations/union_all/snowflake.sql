select "ORDERS"."CUSTOMER"
from "RAW"."ORDERS" as "ORDERS"
union all
select "CUSTOMERS"."CUSTOMER"
from "RAW"."CUSTOMERS" as "CUSTOMERS"
