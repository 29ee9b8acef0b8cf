-- join: {with: airports, type: left, on: origin = airports.iata, prefix: airport_, expect: exactly_one}
select
  [flights].[origin],
  [flights].[destination],
  [flights].[state],
  [flights].[day],
  [flights].[delay],
  [airports].[iata] as [airport_iata],
  [airports].[city] as [airport_city],
  [airports].[region] as [airport_region]
from [flights]
left join [airports] on ([flights].[origin] = [airports].[iata] and len([flights].[origin] + N'|') = len([airports].[iata] + N'|'))
-- join_airports_at_most_one
with [flights_grouped] as (
  select [flights].[origin]
  from [flights]
  group by [flights].[origin], len([flights].[origin] + N'|')
)
select [flights].[origin], count_big(*) as [matches]
from [flights_grouped] as [flights]
join [airports] on ([flights].[origin] = [airports].[iata] and len([flights].[origin] + N'|') = len([airports].[iata] + N'|'))
group by [flights].[origin], len([flights].[origin] + N'|')
having count_big(*) > 1
-- join_airports_at_least_one
with [flights_grouped] as (
  select [flights].[origin]
  from [flights]
  group by [flights].[origin], len([flights].[origin] + N'|')
)
select [flights].[origin]
from [flights_grouped] as [flights]
where not exists (
    select 1
    from [airports]
    where ([flights].[origin] = [airports].[iata] and len([flights].[origin] + N'|') = len([airports].[iata] + N'|'))
  )
