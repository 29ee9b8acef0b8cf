select
  datepart(hour, [w].[moment]) as [value_1],
  datepart(hour, switchoffset([w].[instant], '+00:00')) as [value_2],
  datepart(hour, [w].[clock]) as [value_3]
from [raw].[wide] as [w]
