select "SUPPLIER"."S_NAME", "SUPPLIER"."S_ADDRESS"
from "TPCH"."SUPPLIER" as "SUPPLIER"
cross join "TPCH"."NATION" as "NATION"
where "SUPPLIER"."S_SUPPKEY" in (
  select "PARTSUPP"."PS_SUPPKEY"
  from "TPCH"."PARTSUPP" as "PARTSUPP"
  where "PARTSUPP"."PS_PARTKEY" in (
    select "PART"."P_PARTKEY"
    from "TPCH"."PART" as "PART"
    where "PART"."P_NAME" like 'forest%'
  )
    and "PARTSUPP"."PS_AVAILQTY" > (
    select 0.5 * sum("LINEITEM"."L_QUANTITY") as "COLUMN1"
    from "TPCH"."LINEITEM" as "LINEITEM"
    where "LINEITEM"."L_PARTKEY" = "PARTSUPP"."PS_PARTKEY"
      and "LINEITEM"."L_SUPPKEY" = "PARTSUPP"."PS_SUPPKEY"
      and "LINEITEM"."L_SHIPDATE" >= to_date('1994-01-01', 'YYYY-MM-DD')
      and "LINEITEM"."L_SHIPDATE" < to_date('1995-01-01', 'YYYY-MM-DD')
  )
)
  and "SUPPLIER"."S_NATIONKEY" = "NATION"."N_NATIONKEY"
  and "NATION"."N_NAME" = 'CANADA'
order by "SUPPLIER"."S_NAME"
