select
  [w].[day],
  count_big([w].[name]) as [value_1],
  count_big([w].[number]) as [value_2],
  count_big([w].[moment]) as [value_3],
  count_big([w].[flag]) as [value_4]
from [raw].[wide] as [w]
group by [w].[day]
