select cast(sum("LINEITEM"."L_EXTENDEDPRICE") as number(38, 16)) / 7.0 as "AVG_YEARLY"
from "TPCH"."LINEITEM" as "LINEITEM"
cross join "TPCH"."PART" as "PART"
where "PART"."P_PARTKEY" = "LINEITEM"."L_PARTKEY"
  and "PART"."P_BRAND" = 'Brand#23'
  and "PART"."P_CONTAINER" = 'MED BOX'
  and "LINEITEM"."L_QUANTITY" < (
  select 0.2 * cast(cast(sum("LINEITEM_2"."L_QUANTITY") as number(38, 16)) / nullif(count("LINEITEM_2"."L_QUANTITY"), 0) as number(38, 17)) as "COLUMN1"
  from "TPCH"."LINEITEM" as "LINEITEM_2"
  where "LINEITEM_2"."L_PARTKEY" = "PART"."P_PARTKEY"
)
