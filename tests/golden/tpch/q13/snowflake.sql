with "CUSTOMER_GROUPED" as (
  select "CUSTOMER"."C_CUSTKEY", count("ORDERS"."O_ORDERKEY") as "C_COUNT"
  from "TPCH"."CUSTOMER" as "CUSTOMER"
  left join "TPCH"."ORDERS" as "ORDERS" on "CUSTOMER"."C_CUSTKEY" = "ORDERS"."O_CUSTKEY" and "ORDERS"."O_COMMENT" not like '%special%requests%'
  group by "CUSTOMER"."C_CUSTKEY"
)
select "CUSTOMER"."C_COUNT", count(*) as "CUSTDIST"
from "CUSTOMER_GROUPED" as "CUSTOMER"
group by "CUSTOMER"."C_COUNT"
order by count(*) desc, "CUSTOMER"."C_COUNT" desc
