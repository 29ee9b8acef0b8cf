select
  datepart(quarter, [w].[day]) as [value_1],
  datepart(quarter, [w].[moment]) as [value_2],
  datepart(quarter, switchoffset([w].[instant], '+00:00')) as [value_3]
from [raw].[wide] as [w]
