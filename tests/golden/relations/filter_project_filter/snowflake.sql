select
  "ORDERS"."ORDER_ID",
  '#' || cast(cast("ORDERS"."AMOUNT" * 1.19 as number(15, 4)) as varchar) as "LABEL",
  round("ORDERS"."AMOUNT" * 1.19, 1) as "ROUNDED"
from "RAW"."ORDERS" as "ORDERS"
where round("ORDERS"."AMOUNT" * 1.19, 1) is not null
