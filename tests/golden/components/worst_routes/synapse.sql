-- filter: delay is not null
-- join: {with: airports, type: left, on: origin = airports.iata, expect: at_most_one}
-- aggregate: {by: [region, origin, destination], columns: {flights: count(*), total: sum(delay)}}
-- filter: flights >= 100
-- rank: {by: [region], order: [total desc, origin, destination], as: place}
-- filter: place <= 10
with [flights_windowed] as (
  select
    [airports].[region],
    [flights].[origin],
    [flights].[destination],
    count_big(*) as [flights],
    sum(cast([flights].[delay] as decimal(38, 0))) as [total],
    row_number() over (partition by [airports].[region], len([airports].[region] + N'|') order by case when sum(cast([flights].[delay] as decimal(38, 0))) is null then 0 else 1 end, sum(cast([flights].[delay] as decimal(38, 0))) desc, case when [flights].[origin] is null then 1 else 0 end, [flights].[origin], len([flights].[origin] + N'|'), case when [flights].[destination] is null then 1 else 0 end, [flights].[destination], len([flights].[destination] + N'|')) as [place]
  from [flights]
  left join [airports] on ([flights].[origin] = [airports].[iata] and len([flights].[origin] + N'|') = len([airports].[iata] + N'|'))
  where [flights].[delay] is not null
  group by
    [airports].[region],
    len([airports].[region] + N'|'),
    [flights].[origin],
    len([flights].[origin] + N'|'),
    [flights].[destination],
    len([flights].[destination] + N'|')
  having count_big(*) >= 100
)
select
  [flights].[region],
  [flights].[origin],
  [flights].[destination],
  [flights].[flights],
  [flights].[total],
  [flights].[place]
from [flights_windowed] as [flights]
where [flights].[place] <= 10
-- join_airports_at_most_one
with [flights_grouped] as (
  select [flights].[origin]
  from [flights]
  where [flights].[delay] is not null
  group by [flights].[origin], len([flights].[origin] + N'|')
)
select [flights].[origin], count_big(*) as [matches]
from [flights_grouped] as [flights]
join [airports] on ([flights].[origin] = [airports].[iata] and len([flights].[origin] + N'|') = len([airports].[iata] + N'|'))
group by [flights].[origin], len([flights].[origin] + N'|')
having count_big(*) > 1
