select "ORDERS"."ORDER_ID", "ORDERS"."CUSTOMER", "ORDERS"."PLACED_ON", "ORDERS"."AMOUNT"
from "RAW"."ORDERS" as "ORDERS"
where exists (
    select 1
    from "RAW"."CUSTOMERS" as "CUSTOMERS"
    where "ORDERS"."CUSTOMER" = "CUSTOMERS"."CUSTOMER"
  )
