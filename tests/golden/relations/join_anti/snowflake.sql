select "ORDERS"."ORDER_ID", "ORDERS"."CUSTOMER", "ORDERS"."PLACED_ON", "ORDERS"."AMOUNT"
from "RAW"."ORDERS" as "ORDERS"
where not exists (
    select 1
    from "RAW"."CUSTOMERS" as "CUSTOMERS"
    where "CUSTOMERS"."STATE" is not null
      and "ORDERS"."CUSTOMER" = "CUSTOMERS"."CUSTOMER"
  )
