-- expression: delay > 15
select
  [flights].[origin],
  [flights].[destination],
  [flights].[state],
  [flights].[day],
  [flights].[delay]
from [flights]
where case when not ([flights].[delay] > 15) then 1 else 0 end = 1
