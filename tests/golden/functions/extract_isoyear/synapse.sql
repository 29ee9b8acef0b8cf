select
  year(dateadd(day, 26 - datepart(iso_week, [w].[day]), [w].[day])) as [value_1],
  year(dateadd(day, 26 - datepart(iso_week, [w].[moment]), [w].[moment])) as [value_2],
  year(dateadd(day, 26 - datepart(iso_week, switchoffset([w].[instant], '+00:00')), switchoffset([w].[instant], '+00:00'))) as [value_3]
from [raw].[wide] as [w]
