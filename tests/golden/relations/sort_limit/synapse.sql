select top (10) [orders].[order_id], [orders].[customer], [orders].[placed_on], [orders].[amount]
from [raw].[orders] as [orders]
order by [orders].[amount] desc, [orders].[order_id]
