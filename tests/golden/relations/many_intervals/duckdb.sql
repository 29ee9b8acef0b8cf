select cast("orders"."placed_on" as timestamp) + interval '1 month -2 days 3500000 microseconds' * ("orders"."order_id" + 1) as "later"
from "raw"."orders" as "orders"
