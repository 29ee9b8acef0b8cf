select top (5) [orders].[customer]
from [raw].[orders] as [orders]
group by [orders].[customer], len([orders].[customer] + N'|')
order by case when [orders].[customer] is null then 0 else 1 end, [orders].[customer] desc, len([orders].[customer] + N'|') desc
