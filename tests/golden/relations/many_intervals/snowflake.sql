select dateadd('microsecond', 3500000 * ("ORDERS"."ORDER_ID" + 1), dateadd('day', -2 * ("ORDERS"."ORDER_ID" + 1), dateadd('month', "ORDERS"."ORDER_ID" + 1, cast("ORDERS"."PLACED_ON" as timestamp_ntz(6))))) as "LATER"
from "RAW"."ORDERS" as "ORDERS"
