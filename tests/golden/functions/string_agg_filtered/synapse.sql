select
  [w].[day],
  string_agg(case when [w].[number] > 0 then [w].[name] end, N', ') within group (order by [w].[id] desc, case when [w].[name] is null then 1 else 0 end, [w].[name], len([w].[name] + N'|')) as [value_1]
from [raw].[wide] as [w]
group by [w].[day]
