select
  [orders].[placed_on],
  sum(case when ([customers].[state] = N'CA' and len([customers].[state] + N'|') = len(N'CA' + N'|')) then [orders].[amount] end) as [total_CA],
  sum(case when ([customers].[state] = N'NY' and len([customers].[state] + N'|') = len(N'NY' + N'|')) then [orders].[amount] end) as [total_NY],
  sum(case when ([customers].[state] = N'TX' and len([customers].[state] + N'|') = len(N'TX' + N'|')) then [orders].[amount] end) as [total_TX]
from [raw].[orders] as [orders]
left join [raw].[customers] as [customers] on ([orders].[customer] = [customers].[customer] and len([orders].[customer] + N'|') = len([customers].[customer] + N'|'))
group by [orders].[placed_on]
