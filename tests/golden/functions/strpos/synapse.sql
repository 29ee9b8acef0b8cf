select case when len([w].[other_name] + N'|') = 1 and [w].[name] is not null then 1 else cast(charindex([w].[other_name], [w].[name]) as int) end as [value_1]
from [raw].[wide] as [w]
