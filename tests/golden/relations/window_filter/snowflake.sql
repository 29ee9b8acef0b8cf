with "ORDERS_WINDOWED" as (
  select
    "ORDERS_2"."CUSTOMER",
    count(*) as "ORDERS",
    sum("ORDERS_2"."AMOUNT") as "TOTAL",
    row_number() over (order by sum("ORDERS_2"."AMOUNT") desc nulls last, "ORDERS_2"."CUSTOMER" nulls last) as "PLACE"
  from "RAW"."ORDERS" as "ORDERS_2"
  where "ORDERS_2"."AMOUNT" > 100
  group by "ORDERS_2"."CUSTOMER"
)
select "ORDERS_2"."CUSTOMER", "ORDERS_2"."ORDERS", "ORDERS_2"."TOTAL", "ORDERS_2"."PLACE"
from "ORDERS_WINDOWED" as "ORDERS_2"
where "ORDERS_2"."PLACE" <= 3
