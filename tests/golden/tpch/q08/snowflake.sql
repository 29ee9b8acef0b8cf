select
  cast(date_part('year', "ORDERS"."O_ORDERDATE") as number(11, 0)) as "O_YEAR",
  cast(sum(case when "N2"."N_NAME" = 'BRAZIL' then "LINEITEM"."L_EXTENDEDPRICE" * (1 - "LINEITEM"."L_DISCOUNT") else 0.0000 end) as number(38, 16)) / sum("LINEITEM"."L_EXTENDEDPRICE" * (1 - "LINEITEM"."L_DISCOUNT")) as "MKT_SHARE"
from "TPCH"."PART" as "PART"
cross join "TPCH"."SUPPLIER" as "SUPPLIER"
cross join "TPCH"."LINEITEM" as "LINEITEM"
cross join "TPCH"."ORDERS" as "ORDERS"
cross join "TPCH"."CUSTOMER" as "CUSTOMER"
cross join "TPCH"."NATION" as "N1"
cross join "TPCH"."NATION" as "N2"
cross join "TPCH"."REGION" as "REGION"
where "PART"."P_PARTKEY" = "LINEITEM"."L_PARTKEY"
  and "SUPPLIER"."S_SUPPKEY" = "LINEITEM"."L_SUPPKEY"
  and "LINEITEM"."L_ORDERKEY" = "ORDERS"."O_ORDERKEY"
  and "ORDERS"."O_CUSTKEY" = "CUSTOMER"."C_CUSTKEY"
  and "CUSTOMER"."C_NATIONKEY" = "N1"."N_NATIONKEY"
  and "N1"."N_REGIONKEY" = "REGION"."R_REGIONKEY"
  and "REGION"."R_NAME" = 'AMERICA'
  and "SUPPLIER"."S_NATIONKEY" = "N2"."N_NATIONKEY"
  and "ORDERS"."O_ORDERDATE" >= to_date('1995-01-01', 'YYYY-MM-DD')
  and "ORDERS"."O_ORDERDATE" <= to_date('1996-12-31', 'YYYY-MM-DD')
  and "PART"."P_TYPE" = 'ECONOMY ANODIZED STEEL'
group by cast(date_part('year', "ORDERS"."O_ORDERDATE") as number(11, 0))
order by cast(date_part('year', "ORDERS"."O_ORDERDATE") as number(11, 0))
