select
  datepart(month, [w].[day]) as [value_1],
  datepart(month, [w].[moment]) as [value_2],
  datepart(month, switchoffset([w].[instant], '+00:00')) as [value_3]
from [raw].[wide] as [w]
