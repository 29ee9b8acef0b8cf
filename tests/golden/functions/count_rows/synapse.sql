select [w].[day], count_big(*) as [value_1]
from [raw].[wide] as [w]
group by [w].[day]
