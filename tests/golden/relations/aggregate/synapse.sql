select [orders].[customer], count_big(*) as [orders], sum([orders].[amount]) as [total]
from [raw].[orders] as [orders]
group by [orders].[customer], len([orders].[customer] + N'|')
