-- distinct: [origin, destination]
select [flights].[origin], [flights].[destination]
from [flights]
group by
  [flights].[origin],
  len([flights].[origin] + N'|'),
  [flights].[destination],
  len([flights].[destination] + N'|')
