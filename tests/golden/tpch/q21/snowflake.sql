select "SUPPLIER"."S_NAME", count(*) as "NUMWAIT"
from "TPCH"."SUPPLIER" as "SUPPLIER"
cross join "TPCH"."LINEITEM" as "L1"
cross join "TPCH"."ORDERS" as "ORDERS"
cross join "TPCH"."NATION" as "NATION"
where "SUPPLIER"."S_SUPPKEY" = "L1"."L_SUPPKEY"
  and "ORDERS"."O_ORDERKEY" = "L1"."L_ORDERKEY"
  and "ORDERS"."O_ORDERSTATUS" = 'F'
  and "L1"."L_RECEIPTDATE" > "L1"."L_COMMITDATE"
  and exists (
  select 1
  from "TPCH"."LINEITEM" as "L2"
  where "L2"."L_ORDERKEY" = "L1"."L_ORDERKEY"
    and "L2"."L_SUPPKEY" <> "L1"."L_SUPPKEY"
)
  and not exists (
  select 1
  from "TPCH"."LINEITEM" as "L3"
  where "L3"."L_ORDERKEY" = "L1"."L_ORDERKEY"
    and "L3"."L_SUPPKEY" <> "L1"."L_SUPPKEY"
    and "L3"."L_RECEIPTDATE" > "L3"."L_COMMITDATE"
)
  and "SUPPLIER"."S_NATIONKEY" = "NATION"."N_NATIONKEY"
  and "NATION"."N_NAME" = 'SAUDI ARABIA'
group by "SUPPLIER"."S_NAME"
order by count(*) desc, "SUPPLIER"."S_NAME"
limit 100
