select
  substr("CUSTOMER"."C_PHONE", 1, 2) as "CNTRYCODE",
  count(*) as "NUMCUST",
  sum("CUSTOMER"."C_ACCTBAL") as "TOTACCTBAL"
from "TPCH"."CUSTOMER" as "CUSTOMER"
where substr("CUSTOMER"."C_PHONE", 1, 2) in ('13', '31', '23', '29', '30', '18', '17')
  and "CUSTOMER"."C_ACCTBAL" > (
  select cast(sum("CUSTOMER_2"."C_ACCTBAL") as number(38, 16)) / nullif(count("CUSTOMER_2"."C_ACCTBAL"), 0) as "AVG"
  from "TPCH"."CUSTOMER" as "CUSTOMER_2"
  where "CUSTOMER_2"."C_ACCTBAL" > 0.00
    and substr("CUSTOMER_2"."C_PHONE", 1, 2) in ('13', '31', '23', '29', '30', '18', '17')
)
  and not exists (
  select 1
  from "TPCH"."ORDERS" as "ORDERS"
  where "ORDERS"."O_CUSTKEY" = "CUSTOMER"."C_CUSTKEY"
)
group by substr("CUSTOMER"."C_PHONE", 1, 2)
order by substr("CUSTOMER"."C_PHONE", 1, 2)
