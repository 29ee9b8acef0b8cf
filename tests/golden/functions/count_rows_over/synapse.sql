select count_big(*) over (partition by [w].[day] order by case when [w].[moment] is null then 0 else 1 end, [w].[moment] desc, [w].[id] rows between unbounded preceding and current row) as [value_1]
from [raw].[wide] as [w]
