select cast(round(cast([w].[price] as decimal(12, 2)) / cast([w].[rate] as decimal(6, 4)), 6) as decimal(38, 6)) as [value_1]
from [raw].[wide] as [w]
