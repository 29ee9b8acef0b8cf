select count(*) as "orders", cast(sum("orders"."amount") as decimal(38, 2)) as "total"
from "raw"."orders" as "orders"
