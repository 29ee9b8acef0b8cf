with "ORDERS_DISTINCT" as (
  select distinct "ORDERS"."CUSTOMER"
  from "RAW"."ORDERS" as "ORDERS"
)
select "ORDERS"."CUSTOMER"
from "ORDERS_DISTINCT" as "ORDERS"
order by "ORDERS"."CUSTOMER" desc nulls first
limit 5
