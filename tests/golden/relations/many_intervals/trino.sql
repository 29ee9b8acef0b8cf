select date_add('day', -2 * ("orders"."order_id" + 1), date_add('month', "orders"."order_id" + 1, cast("orders"."placed_on" as timestamp(6)))) + interval '3.500' second * ("orders"."order_id" + 1) as "later"
from "raw"."orders" as "orders"
