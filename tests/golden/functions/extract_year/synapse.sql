select
  datepart(year, [w].[day]) as [value_1],
  datepart(year, [w].[moment]) as [value_2],
  datepart(year, switchoffset([w].[instant], '+00:00')) as [value_3]
from [raw].[wide] as [w]
