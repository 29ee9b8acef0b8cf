-- deduplicate: {by: [origin], order: [day desc, destination, delay, state]}
with [flights_windowed] as (
  select
    [flights].[origin],
    [flights].[destination],
    [flights].[state],
    [flights].[day],
    [flights].[delay],
    row_number() over (partition by [flights].[origin], len([flights].[origin] + N'|') order by case when [flights].[day] is null then 0 else 1 end, [flights].[day] desc, case when [flights].[destination] is null then 1 else 0 end, [flights].[destination], len([flights].[destination] + N'|'), case when [flights].[delay] is null then 1 else 0 end, [flights].[delay], case when [flights].[state] is null then 1 else 0 end, [flights].[state], len([flights].[state] + N'|')) as [row_in_key]
  from [flights]
)
select
  [flights].[origin],
  [flights].[destination],
  [flights].[state],
  [flights].[day],
  [flights].[delay]
from [flights_windowed] as [flights]
where [flights].[row_in_key] = 1
