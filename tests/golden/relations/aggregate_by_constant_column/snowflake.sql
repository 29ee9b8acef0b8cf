with "ORDERS_COMPUTED" as (
  select
    "ORDERS"."AMOUNT",
    1 as "K",
    'x' as "T",
    "ORDERS"."ORDER_ID" as "ID",
    1 as "K_2",
    'x' as "T_2"
  from "RAW"."ORDERS" as "ORDERS"
)
select "ORDERS_2"."K_2" as "K", "ORDERS_2"."T_2" as "T", count(*) as "ORDERS"
from "ORDERS_COMPUTED" as "ORDERS_2"
group by "ORDERS_2"."K_2", "ORDERS_2"."T_2"
