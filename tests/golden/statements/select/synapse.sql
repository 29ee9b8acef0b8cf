with [orders_windowed] as (
  select
    [orders].[customer],
    count_big(*) as [orders],
    sum([orders].[amount]) as [total],
    row_number() over (order by sum([orders].[amount]) desc, case when [orders].[customer] is null then 1 else 0 end, [orders].[customer], len([orders].[customer] + N'|')) as [place]
  from [raw].[orders] as [orders]
  where [orders].[amount] > 100
  group by [orders].[customer], len([orders].[customer] + N'|')
)
select [orders].[customer], [orders].[orders], [orders].[total], [orders].[place]
from [orders_windowed] as [orders]
where [orders].[place] <= 3
