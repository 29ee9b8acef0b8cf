select
  [w].[day],
  string_agg([w].[name], N', ') within group (order by [w].[id] desc, case when [w].[name] is null then 1 else 0 end, [w].[name], len([w].[name] + N'|')) as [value_1]
from [raw].[wide] as [w]
group by [w].[day]
