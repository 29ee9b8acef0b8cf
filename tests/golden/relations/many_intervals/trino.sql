select date_add('millisecond', bigint '3500' * ("orders"."order_id" + 1), date_add('day', -2 * ("orders"."order_id" + 1), date_add('month', "orders"."order_id" + 1, cast("orders"."placed_on" as timestamp(6))))) as "later"
from "raw"."orders" as "orders"
