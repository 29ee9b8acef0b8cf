select [w].[day], cast(max(cast([w].[flag] as int)) as bit) as [value_1]
from [raw].[wide] as [w]
group by [w].[day]
