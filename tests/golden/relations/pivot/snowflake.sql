select
  "ORDERS"."PLACED_ON",
  sum(case when "CUSTOMERS"."STATE" = 'CA' then "ORDERS"."AMOUNT" end) as "total_CA",
  sum(case when "CUSTOMERS"."STATE" = 'NY' then "ORDERS"."AMOUNT" end) as "total_NY",
  sum(case when "CUSTOMERS"."STATE" = 'TX' then "ORDERS"."AMOUNT" end) as "total_TX"
from "RAW"."ORDERS" as "ORDERS"
left join "RAW"."CUSTOMERS" as "CUSTOMERS" on "ORDERS"."CUSTOMER" = "CUSTOMERS"."CUSTOMER"
group by "ORDERS"."PLACED_ON"
