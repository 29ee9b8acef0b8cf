select "ORDERS"."ORDER_ID", "ORDERS"."AMOUNT"
from "RAW"."ORDERS" as "ORDERS"
where exists (
  select 1
  from "RAW"."CUSTOMERS" as "CUSTOMERS"
  where "CUSTOMERS"."CUSTOMER" = "ORDERS"."CUSTOMER"
)
  and not ("ORDERS"."ORDER_ID" in (
  select "ORDERS_2"."ORDER_ID"
  from "RAW"."ORDERS" as "ORDERS_2"
  where "ORDERS_2"."AMOUNT" > 100
))
  and "ORDERS"."AMOUNT" < (
  select max("ORDERS_2"."AMOUNT") as "LARGEST"
  from "RAW"."ORDERS" as "ORDERS_2"
)
