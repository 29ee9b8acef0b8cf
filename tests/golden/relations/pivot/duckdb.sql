select
  "orders"."placed_on",
  cast(sum("orders"."amount") filter (where "customers"."state" = 'CA') as decimal(38, 2)) as "total_CA",
  cast(sum("orders"."amount") filter (where "customers"."state" = 'NY') as decimal(38, 2)) as "total_NY",
  cast(sum("orders"."amount") filter (where "customers"."state" = 'TX') as decimal(38, 2)) as "total_TX"
from "raw"."orders" as "orders"
left join "raw"."customers" as "customers" on "orders"."customer" = "customers"."customer"
group by "orders"."placed_on"
