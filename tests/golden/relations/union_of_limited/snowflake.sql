(
  select "ORDERS"."CUSTOMER"
  from "RAW"."ORDERS" as "ORDERS"
  order by "ORDERS"."CUSTOMER" nulls last
  limit 3
)
union all
select "CUSTOMERS"."CUSTOMER"
from "RAW"."CUSTOMERS" as "CUSTOMERS"
