select
  cast(datediff_big(microsecond, [w].[other_moment], [w].[moment]) * 0.000001 as decimal(38, 6)) as [value_1],
  cast(datediff_big(microsecond, [w].[other_instant], [w].[instant]) * 0.000001 as decimal(38, 6)) as [value_2]
from [raw].[wide] as [w]
