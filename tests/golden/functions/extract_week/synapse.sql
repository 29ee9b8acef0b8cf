select
  datepart(iso_week, [w].[day]) as [value_1],
  datepart(iso_week, [w].[moment]) as [value_2],
  datepart(iso_week, switchoffset([w].[instant], '+00:00')) as [value_3]
from [raw].[wide] as [w]
