select datediff(day, [w].[other_day], [w].[day]) as [value_1]
from [raw].[wide] as [w]
