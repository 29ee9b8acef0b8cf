select
  dateadd(microsecond, 500000, dateadd(second, 5, dateadd(day, 3, dateadd(month, 14, [w].[moment])))) as [value_1],
  dateadd(microsecond, 500000, dateadd(second, 5, dateadd(day, 3, dateadd(month, 14, [w].[instant])))) as [value_2]
from [raw].[wide] as [w]
