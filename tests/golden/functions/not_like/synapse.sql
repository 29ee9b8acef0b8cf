select cast(case when [w].[name] not like N'50!%!_of ![a]_\%' escape N'!' then 1 when not ([w].[name] not like N'50!%!_of ![a]_\%' escape N'!') then 0 end as bit) as [value_1]
from [raw].[wide] as [w]
