select cast(round(cast([w].[price] as decimal(12, 2)) / cast([w].[rate] as decimal(15, 4)), 16) as decimal(38, 16)) as [value_1]
from [raw].[wide] as [w]
