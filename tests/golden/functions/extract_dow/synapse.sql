select
  ((datediff(day, '19000101', [w].[day]) + 1) % 7 + 7) % 7 as [value_1],
  ((datediff(day, '19000101', [w].[moment]) + 1) % 7 + 7) % 7 as [value_2],
  ((datediff(day, '19000101', switchoffset([w].[instant], '+00:00')) + 1) % 7 + 7) % 7 as [value_3]
from [raw].[wide] as [w]
