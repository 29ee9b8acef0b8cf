select
  "PART"."P_BRAND",
  "PART"."P_TYPE",
  "PART"."P_SIZE",
  count(distinct "PARTSUPP"."PS_SUPPKEY") as "SUPPLIER_CNT"
from "TPCH"."PARTSUPP" as "PARTSUPP"
cross join "TPCH"."PART" as "PART"
where "PART"."P_PARTKEY" = "PARTSUPP"."PS_PARTKEY"
  and "PART"."P_BRAND" <> 'Brand#45'
  and "PART"."P_TYPE" not like 'MEDIUM POLISHED%'
  and "PART"."P_SIZE" in (49, 14, 23, 45, 19, 3, 36, 9)
  and not ("PARTSUPP"."PS_SUPPKEY" in (
  select "SUPPLIER"."S_SUPPKEY"
  from "TPCH"."SUPPLIER" as "SUPPLIER"
  where "SUPPLIER"."S_COMMENT" like '%Customer%Complaints%'
))
group by "PART"."P_BRAND", "PART"."P_TYPE", "PART"."P_SIZE"
order by count(distinct "PARTSUPP"."PS_SUPPKEY") desc, "PART"."P_BRAND", "PART"."P_TYPE", "PART"."P_SIZE"
