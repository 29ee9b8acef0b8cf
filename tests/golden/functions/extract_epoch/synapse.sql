select
  cast(datediff_big(microsecond, cast('19700101' as datetime2(6)), [w].[moment]) * 0.000001 as decimal(20, 6)) as [value_1],
  cast(datediff_big(microsecond, cast('19700101' as datetime2(6)), switchoffset([w].[instant], '+00:00')) * 0.000001 as decimal(20, 6)) as [value_2]
from [raw].[wide] as [w]
