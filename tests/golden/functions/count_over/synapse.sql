select
  count_big([w].[name]) over (partition by [w].[day] order by case when [w].[moment] is null then 0 else 1 end, [w].[moment] desc, [w].[id] rows between unbounded preceding and current row) as [value_1],
  count_big([w].[number]) over (partition by [w].[day] order by case when [w].[moment] is null then 0 else 1 end, [w].[moment] desc, [w].[id] rows between unbounded preceding and current row) as [value_2],
  count_big([w].[moment]) over (partition by [w].[day] order by case when [w].[moment] is null then 0 else 1 end, [w].[moment] desc, [w].[id] rows between unbounded preceding and current row) as [value_3],
  count_big([w].[flag]) over (partition by [w].[day] order by case when [w].[moment] is null then 0 else 1 end, [w].[moment] desc, [w].[id] rows between unbounded preceding and current row) as [value_4]
from [raw].[wide] as [w]
