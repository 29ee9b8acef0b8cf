select
  datepart(dayofyear, [w].[day]) as [value_1],
  datepart(dayofyear, [w].[moment]) as [value_2],
  datepart(dayofyear, switchoffset([w].[instant], '+00:00')) as [value_3]
from [raw].[wide] as [w]
