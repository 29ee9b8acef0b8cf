select cast(case when case when ([w].[flag] = 1) then 1 else 0 end = 1 then 1 else 0 end as bit) as [value_1]
from [raw].[wide] as [w]
