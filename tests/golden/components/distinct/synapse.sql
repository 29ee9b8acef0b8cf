-- distinct: true
select
  [flights].[origin],
  [flights].[destination],
  [flights].[state],
  [flights].[day],
  [flights].[delay]
from [flights]
group by
  [flights].[origin],
  len([flights].[origin] + N'|'),
  [flights].[destination],
  len([flights].[destination] + N'|'),
  [flights].[state],
  len([flights].[state] + N'|'),
  [flights].[day],
  [flights].[delay]
