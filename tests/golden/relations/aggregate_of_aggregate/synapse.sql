with [orders_grouped] as (
  select [orders].[customer], count_big(*) as [orders], sum([orders].[amount]) as [total]
  from [raw].[orders] as [orders]
  group by [orders].[customer], len([orders].[customer] + N'|')
)
select [orders].[orders], count_big(*) as [customers]
from [orders_grouped] as [orders]
group by [orders].[orders]
