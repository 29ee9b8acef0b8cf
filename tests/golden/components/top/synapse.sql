-- top: {count: 10, order: [delay desc, day, origin, destination, state]}
select top (10)
  [flights].[origin],
  [flights].[destination],
  [flights].[state],
  [flights].[day],
  [flights].[delay]
from [flights]
order by case when [flights].[delay] is null then 0 else 1 end, [flights].[delay] desc, case when [flights].[day] is null then 1 else 0 end, [flights].[day], case when [flights].[origin] is null then 1 else 0 end, [flights].[origin], len([flights].[origin] + N'|'), case when [flights].[destination] is null then 1 else 0 end, [flights].[destination], len([flights].[destination] + N'|'), case when [flights].[state] is null then 1 else 0 end, [flights].[state], len([flights].[state] + N'|')
