select
  datepart(day, [w].[day]) as [value_1],
  datepart(day, [w].[moment]) as [value_2],
  datepart(day, switchoffset([w].[instant], '+00:00')) as [value_3]
from [raw].[wide] as [w]
