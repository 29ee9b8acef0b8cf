with [orders_limited] as (
  select top (3) [orders].[customer]
  from [raw].[orders] as [orders]
  order by case when [orders].[customer] is null then 1 else 0 end, [orders].[customer], len([orders].[customer] + N'|')
)
select [orders].[customer]
from [orders_limited] as [orders]
union all
select [customers].[customer]
from [raw].[customers] as [customers]
