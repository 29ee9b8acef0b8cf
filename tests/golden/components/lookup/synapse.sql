-- lookup: {in: airports, on: origin = airports.iata, columns: [{origin_city: city}]}
select
  [flights].[origin],
  [flights].[destination],
  [flights].[state],
  [flights].[day],
  [flights].[delay],
  [airports].[city] as [origin_city]
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
