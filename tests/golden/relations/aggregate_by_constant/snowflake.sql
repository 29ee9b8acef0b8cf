with "ORDERS_COMPUTED" as (
  select
    "ORDERS"."ORDER_ID",
    "ORDERS"."CUSTOMER",
    "ORDERS"."PLACED_ON",
    "ORDERS"."AMOUNT",
    1 as "ONE"
  from "RAW"."ORDERS" as "ORDERS"
)
select "ORDERS_2"."ONE", count(*) as "ORDERS"
from "ORDERS_COMPUTED" as "ORDERS_2"
group by "ORDERS_2"."ONE"
