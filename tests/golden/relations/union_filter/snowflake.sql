with "COMBINED" as (
  select "ORDERS"."CUSTOMER"
  from "RAW"."ORDERS" as "ORDERS"
  union all
  select "CUSTOMERS"."CUSTOMER"
  from "RAW"."CUSTOMERS" as "CUSTOMERS"
)
select "COMBINED"."CUSTOMER"
from "COMBINED"
where "COMBINED"."CUSTOMER" is not null
