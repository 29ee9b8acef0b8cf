select
  datepart(minute, [w].[moment]) as [value_1],
  datepart(minute, switchoffset([w].[instant], '+00:00')) as [value_2],
  datepart(minute, [w].[clock]) as [value_3]
from [raw].[wide] as [w]
