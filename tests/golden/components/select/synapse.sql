-- select: [day, {late: delay > 15}, origin]
select
  [flights].[day],
  cast(case when [flights].[delay] > 15 then 1 when not ([flights].[delay] > 15) then 0 end as bit) as [late],
  [flights].[origin]
from [flights]
