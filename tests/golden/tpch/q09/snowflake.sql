select
  "NATION_2"."N_NAME" as "NATION",
  cast(date_part('year', "ORDERS"."O_ORDERDATE") as number(11, 0)) as "O_YEAR",
  sum("LINEITEM"."L_EXTENDEDPRICE" * (1 - "LINEITEM"."L_DISCOUNT") - "PARTSUPP"."PS_SUPPLYCOST" * "LINEITEM"."L_QUANTITY") as "SUM_PROFIT"
from "TPCH"."PART" as "PART"
cross join "TPCH"."SUPPLIER" as "SUPPLIER"
cross join "TPCH"."LINEITEM" as "LINEITEM"
cross join "TPCH"."PARTSUPP" as "PARTSUPP"
cross join "TPCH"."ORDERS" as "ORDERS"
cross join "TPCH"."NATION" as "NATION_2"
where "SUPPLIER"."S_SUPPKEY" = "LINEITEM"."L_SUPPKEY"
  and "PARTSUPP"."PS_SUPPKEY" = "LINEITEM"."L_SUPPKEY"
  and "PARTSUPP"."PS_PARTKEY" = "LINEITEM"."L_PARTKEY"
  and "PART"."P_PARTKEY" = "LINEITEM"."L_PARTKEY"
  and "ORDERS"."O_ORDERKEY" = "LINEITEM"."L_ORDERKEY"
  and "SUPPLIER"."S_NATIONKEY" = "NATION_2"."N_NATIONKEY"
  and "PART"."P_NAME" like '%green%'
group by "NATION_2"."N_NAME", cast(date_part('year', "ORDERS"."O_ORDERDATE") as number(11, 0))
order by "NATION_2"."N_NAME", cast(date_part('year', "ORDERS"."O_ORDERDATE") as number(11, 0)) desc
