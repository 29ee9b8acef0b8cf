-- union: {with: [details], columns: all, distinct: true}
with [combined] as (
  select
    [flights].[origin],
    [flights].[destination],
    [flights].[state],
    [flights].[day],
    [flights].[delay],
    cast(null as int) as [gates]
  from [flights]
  union all
  select
    [details].[origin],
    cast(null as nvarchar(4000)) as [destination],
    cast(null as nvarchar(4000)) as [state],
    cast(null as date) as [day],
    cast(null as bigint) as [delay],
    [details].[gates]
  from [details]
)
select
  [combined].[origin],
  [combined].[destination],
  [combined].[state],
  [combined].[day],
  [combined].[delay],
  [combined].[gates]
from [combined]
group by
  [combined].[origin],
  len([combined].[origin] + N'|'),
  [combined].[destination],
  len([combined].[destination] + N'|'),
  [combined].[state],
  len([combined].[state] + N'|'),
  [combined].[day],
  [combined].[delay],
  [combined].[gates]
