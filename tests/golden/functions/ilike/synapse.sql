select cast(case when lower([w].[name]) like lower(N'50!%!_of ![a]_\%') escape N'!' then 1 when not (lower([w].[name]) like lower(N'50!%!_of ![a]_\%') escape N'!') then 0 end as bit) as [value_1]
from [raw].[wide] as [w]
