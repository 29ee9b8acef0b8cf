select
  [w].[day],
  cast(max(case when [w].[number] > 0 then cast([w].[flag] as int) end) as bit) as [value_1]
from [raw].[wide] as [w]
group by [w].[day]
