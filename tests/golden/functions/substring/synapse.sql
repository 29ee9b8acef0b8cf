select
  substring([w].[name], [w].[other_number], 2147483647) as [value_1],
  substring([w].[name], [w].[other_number], [w].[number]) as [value_2]
from [raw].[wide] as [w]
