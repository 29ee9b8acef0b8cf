select
  cast(datepart(second, [w].[moment]) + datepart(microsecond, [w].[moment]) * 0.000001 as decimal(8, 6)) as [value_1],
  cast(datepart(second, switchoffset([w].[instant], '+00:00')) + datepart(microsecond, switchoffset([w].[instant], '+00:00')) * 0.000001 as decimal(8, 6)) as [value_2],
  cast(datepart(second, [w].[clock]) + datepart(microsecond, [w].[clock]) * 0.000001 as decimal(8, 6)) as [value_3]
from [raw].[wide] as [w]
