select [orders].[customer], [orders].[placed_on]
from [raw].[orders] as [orders]
group by [orders].[customer], len([orders].[customer] + N'|'), [orders].[placed_on]
