select
  left(replicate(cast(N' ' as nvarchar(max)), [w].[other_number]), case when len([w].[name] + N'|') - 1 < [w].[other_number] then [w].[other_number] - len([w].[name] + N'|') + 1 else 0 end) + left([w].[name], [w].[other_number]) as [value_1],
  left(replicate(cast(N'0' as nvarchar(max)), [w].[other_number]), case when len([w].[name] + N'|') - 1 < [w].[other_number] then [w].[other_number] - len([w].[name] + N'|') + 1 else 0 end) + left([w].[name], [w].[other_number]) as [value_2]
from [raw].[wide] as [w]
