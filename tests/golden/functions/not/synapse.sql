select cast(case when not ([w].[flag] = 1) then 1 when not (not ([w].[flag] = 1)) then 0 end as bit) as [value_1]
from [raw].[wide] as [w]
