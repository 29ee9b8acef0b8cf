select [w].[day], stdev(case when [w].[number] > 0 then [w].[ratio] end) as [value_1]
from [raw].[wide] as [w]
group by [w].[day]
