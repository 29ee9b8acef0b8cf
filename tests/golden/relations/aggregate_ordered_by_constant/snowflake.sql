select
  "ORDERS"."AMOUNT",
  case when count('x') > 0 then listagg('x', ',') within group (order by 'x') end as "JOINED"
from "RAW"."ORDERS" as "ORDERS"
group by "ORDERS"."AMOUNT"
