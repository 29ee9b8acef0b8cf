select cast(100.00 * sum(case when "PART"."P_TYPE" like 'PROMO%' then "LINEITEM"."L_EXTENDEDPRICE" * (1 - "LINEITEM"."L_DISCOUNT") else 0.0000 end) as number(38, 16)) / sum("LINEITEM"."L_EXTENDEDPRICE" * (1 - "LINEITEM"."L_DISCOUNT")) as "PROMO_REVENUE"
from "TPCH"."LINEITEM" as "LINEITEM"
cross join "TPCH"."PART" as "PART"
where "LINEITEM"."L_PARTKEY" = "PART"."P_PARTKEY"
  and "LINEITEM"."L_SHIPDATE" >= to_date('1995-09-01', 'YYYY-MM-DD')
  and "LINEITEM"."L_SHIPDATE" < to_date('1995-10-01', 'YYYY-MM-DD')
