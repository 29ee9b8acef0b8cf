select "ORDERS"."O_ORDERPRIORITY", count(*) as "ORDER_COUNT"
from "TPCH"."ORDERS" as "ORDERS"
where "ORDERS"."O_ORDERDATE" >= to_date('1993-07-01', 'YYYY-MM-DD')
  and "ORDERS"."O_ORDERDATE" < to_date('1993-10-01', 'YYYY-MM-DD')
  and exists (
  select 1
  from "TPCH"."LINEITEM" as "LINEITEM"
  where "LINEITEM"."L_ORDERKEY" = "ORDERS"."O_ORDERKEY"
    and "LINEITEM"."L_COMMITDATE" < "LINEITEM"."L_RECEIPTDATE"
)
group by "ORDERS"."O_ORDERPRIORITY"
order by "ORDERS"."O_ORDERPRIORITY"
