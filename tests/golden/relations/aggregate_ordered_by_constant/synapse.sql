select [orders].[amount], string_agg(N'x', N',') as [joined]
from [raw].[orders] as [orders]
group by [orders].[amount]
