select cast(case when left([w].[name], len([w].[other_name] + N'|') - 1) + N'|' = [w].[other_name] + N'|' then 1 when not (left([w].[name], len([w].[other_name] + N'|') - 1) + N'|' = [w].[other_name] + N'|') then 0 end as bit) as [value_1]
from [raw].[wide] as [w]
