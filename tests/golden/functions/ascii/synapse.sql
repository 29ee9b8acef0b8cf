select case when len([w].[name] + N'|') = 1 then 0 else unicode([w].[name]) end as [value_1]
from [raw].[wide] as [w]
