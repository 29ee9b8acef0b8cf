select
  [w].[day],
  min(case when [w].[number] > 0 then [w].[name] end) as [value_1],
  min(case when [w].[number] > 0 then [w].[number] end) as [value_2],
  min(case when [w].[number] > 0 then [w].[moment] end) as [value_3]
from [raw].[wide] as [w]
group by [w].[day]
