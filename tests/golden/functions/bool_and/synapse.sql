select [w].[day], cast(min(cast([w].[flag] as int)) as bit) as [value_1]
from [raw].[wide] as [w]
group by [w].[day]
