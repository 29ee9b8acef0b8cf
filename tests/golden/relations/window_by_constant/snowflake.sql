select
  "ORDERS"."AMOUNT",
  1 as "K",
  'x' as "T",
  "ORDERS"."ORDER_ID" as "ID",
  rank() over (order by null) as "PLACE",
  count("ORDERS"."AMOUNT") over () as "RUNNING",
  count("ORDERS"."AMOUNT") over (order by null rows between 1 preceding and current row) as "TRAILING",
  rank() over (order by "ORDERS"."ORDER_ID" desc) as "PLACE_BY_ID",
  count("ORDERS"."AMOUNT") over (order by "ORDERS"."ORDER_ID" desc range between unbounded preceding and current row) as "RUNNING_BY_ID",
  count("ORDERS"."AMOUNT") over (order by "ORDERS"."ORDER_ID" desc rows between 1 preceding and current row) as "TRAILING_BY_ID"
from "RAW"."ORDERS" as "ORDERS"
