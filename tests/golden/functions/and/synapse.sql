select cast(case when [w].[flag] = 1 and [w].[other_flag] = 1 then 1 when not ([w].[flag] = 1 and [w].[other_flag] = 1) then 0 end as bit) as [value_1]
from [raw].[wide] as [w]
