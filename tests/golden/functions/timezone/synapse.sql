select
  cast(switchoffset([w].[instant], '+00:00') as datetime2(6)) as [value_1],
  todatetimeoffset([w].[moment], '+00:00') as [value_2]
from [raw].[wide] as [w]
