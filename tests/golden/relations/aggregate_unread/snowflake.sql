with "ORDERS_GROUPED" as (
  select count(*) as "ORDERS"
  from "RAW"."ORDERS" as "ORDERS_2"
)
select 1 as "ONE"
from "ORDERS_GROUPED" as "ORDERS"
