merge into [mart].[totals] as [t]
using (
  select [orders].[customer], count_big(*) as [orders], sum([orders].[amount]) as [total]
  from [raw].[orders] as [orders]
  group by [orders].[customer], len([orders].[customer] + N'|')
) as [s] on cast(0 as bit) = 1
when not matched then
  insert ([customer], [orders], [total])
  values ([s].[customer], [s].[orders], [s].[total]);
