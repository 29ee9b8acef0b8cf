select dateadd(microsecond, 500000 * ([orders].[order_id] + 1), dateadd(second, 3 * ([orders].[order_id] + 1), dateadd(day, -2 * ([orders].[order_id] + 1), dateadd(month, [orders].[order_id] + 1, cast([orders].[placed_on] as datetime2(6)))))) as [later]
from [raw].[orders] as [orders]
