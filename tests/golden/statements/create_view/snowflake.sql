create or replace view "MART"."TOTALS" copy grants as
select
  "ORDERS_2"."CUSTOMER",
  cast(count(*) as number(19, 0)) as "ORDERS",
  cast(sum("ORDERS_2"."AMOUNT") as number(38, 2)) as "TOTAL"
from "RAW"."ORDERS" as "ORDERS_2"
group by "ORDERS_2"."CUSTOMER"
