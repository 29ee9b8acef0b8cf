select
  "N1"."N_NAME" as "SUPP_NATION",
  "N2"."N_NAME" as "CUST_NATION",
  cast(date_part('year', "LINEITEM"."L_SHIPDATE") as number(11, 0)) as "L_YEAR",
  sum("LINEITEM"."L_EXTENDEDPRICE" * (1 - "LINEITEM"."L_DISCOUNT")) as "REVENUE"
from "TPCH"."SUPPLIER" as "SUPPLIER"
cross join "TPCH"."LINEITEM" as "LINEITEM"
cross join "TPCH"."ORDERS" as "ORDERS"
cross join "TPCH"."CUSTOMER" as "CUSTOMER"
cross join "TPCH"."NATION" as "N1"
cross join "TPCH"."NATION" as "N2"
where "SUPPLIER"."S_SUPPKEY" = "LINEITEM"."L_SUPPKEY"
  and "ORDERS"."O_ORDERKEY" = "LINEITEM"."L_ORDERKEY"
  and "CUSTOMER"."C_CUSTKEY" = "ORDERS"."O_CUSTKEY"
  and "SUPPLIER"."S_NATIONKEY" = "N1"."N_NATIONKEY"
  and "CUSTOMER"."C_NATIONKEY" = "N2"."N_NATIONKEY"
  and (("N1"."N_NAME" = 'FRANCE' and "N2"."N_NAME" = 'GERMANY') or ("N1"."N_NAME" = 'GERMANY' and "N2"."N_NAME" = 'FRANCE'))
  and "LINEITEM"."L_SHIPDATE" >= to_date('1995-01-01', 'YYYY-MM-DD')
  and "LINEITEM"."L_SHIPDATE" <= to_date('1996-12-31', 'YYYY-MM-DD')
group by
  "N1"."N_NAME",
  "N2"."N_NAME",
  cast(date_part('year', "LINEITEM"."L_SHIPDATE") as number(11, 0))
order by "N1"."N_NAME", "N2"."N_NAME", cast(date_part('year', "LINEITEM"."L_SHIPDATE") as number(11, 0))
