select
  [w].[day],
  max(case when [w].[number] > 0 then [w].[name] end) as [value_1],
  max(case when [w].[number] > 0 then [w].[number] end) as [value_2],
  max(case when [w].[number] > 0 then [w].[moment] end) as [value_3]
from [raw].[wide] as [w]
group by [w].[day]
