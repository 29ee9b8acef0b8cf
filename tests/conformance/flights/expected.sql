-- What every table of the flights example must hold, computed from the raw files by hand-written DuckDB SQL that shares nothing with the
-- compiler. Each query stands under the table's name; {flights} and {airports} are the raw relations, months are those of the backfill.

-- airport_history
with dated as (
  select iata, trim(name) as name, city, state, country, latitude, longitude, published_on,
         lag(row(trim(name), city, state, country, latitude, longitude)) over (partition by iata order by published_on) as before,
         row(trim(name), city, state, country, latitude, longitude) as present
  from {airports}
), changed as (
  select * exclude (before, present) from dated where before is null or before is distinct from present
)
select *, published_on as valid_from, lead(published_on) over (partition by iata order by published_on) as valid_to,
       lead(published_on) over (partition by iata order by published_on) is null as is_current
from changed

-- airports
select iata, arg_max(trim(name), published_on), arg_max(struct_pack(v := city), published_on).v, arg_max(struct_pack(v := state), published_on).v,
       arg_max(country, published_on), arg_max(latitude, published_on), arg_max(longitude, published_on),
       case when count(*) = 1 or min(row(trim(name), city, state, country, latitude, longitude)) =
                                 max(row(trim(name), city, state, country, latitude, longitude))
            then min(published_on) else max(published_on) end
from {airports} group by iata

-- us_airports
select iata, arg_max(trim(name), published_on), arg_max(struct_pack(v := city), published_on).v, arg_max(struct_pack(v := state), published_on).v
from {airports} group by iata having arg_max(country, published_on) = 'USA'

-- flown
select date::date as flown_on, origin, count(*), sum(delay), sum(distance), sum(extract(hour from date)), min(date), max(destination)
from {flights} where date < timestamp '2001-07-01' group by all

-- daily_traffic
select date::date, origin, count(*), sum(case when delay > 15 then 1 else 0 end), sum(delay), sum(distance)
from {flights} where date < timestamp '2001-07-01' group by all

-- routes
select origin, destination, max(distance), max(date::date) from {flights} where date < timestamp '2001-07-01' group by all

-- month_log
select date_trunc('month', date)::date, count(*), count(distinct origin), sum(distance)
from {flights} where date < timestamp '2001-07-01' group by all

-- weekly_trend
with days as (select date::date as d, origin, count(*) as n, sum(delay) as late from {flights} where date < timestamp '2001-07-01' group by all)
select a.d, a.origin, any_value(a.n), sum(b.n), sum(b.late)
from (select *, row_number() over (partition by origin order by d) as place from days) a
join (select *, row_number() over (partition by origin order by d) as place from days) b
  on a.origin = b.origin and b.place between a.place - 6 and a.place
group by all

-- worst_routes
with named as (
  select iata, arg_max(struct_pack(v := state), published_on).v as state
  from {airports} group by iata having arg_max(country, published_on) = 'USA'
), means as (
  select n.state, f.origin, f.destination, count(*) as flights, sum(f.delay)::double / count(f.delay) as mean
  from {flights} f left join named n on n.iata = f.origin where f.date < timestamp '2001-07-01' group by all having count(*) >= 100
)
select state, origin, destination, flights, mean, place
from (select *, rank() over (partition by state order by mean desc, origin, destination) as place from means) where place <= 10

-- delay_by_weekday
select origin, sum(delay) filter (where isodow(date) = 1), sum(delay) filter (where isodow(date) = 2), sum(delay) filter (where isodow(date) = 3),
       sum(delay) filter (where isodow(date) = 4), sum(delay) filter (where isodow(date) = 5), sum(delay) filter (where isodow(date) = 6),
       sum(delay) filter (where isodow(date) = 7)
from {flights} where date < timestamp '2001-07-01' group by origin

-- busiest_days
with days as (select date::date as d, origin, count(*) as n from {flights} where date < timestamp '2001-07-01' group by all)
select origin, min(d), any_value(n) from days
where (origin, n) in (select origin, max(n) from days group by origin) group by origin

-- endpoints
select distinct iata from (select origin as iata from {flights} where date < timestamp '2001-07-01'
                           union all select destination from {flights} where date < timestamp '2001-07-01')

-- hour_by_hour
select extract(hour from date), count(*), sum(delay)::double / count(delay), sum(case when delay > 15 then 1 else 0 end)::double / count(*)
from {flights} where date < timestamp '2001-07-01' group by 1

-- hub_scorecard
with f as (select origin, extract(hour from date) as h, delay from {flights} where date < timestamp '2001-07-01'),
hours as (select origin, h, sum(delay)::double / count(*) as mean from f group by all having count(*) >= 200),
hubs as (select origin, count(*) as n, sum(delay)::double / count(*) as mean from f group by origin order by n desc, origin limit 20)
select row_number() over (order by n desc, hubs.origin), hubs.origin,
       (select arg_max(city, published_on) from {airports} a where a.iata = hubs.origin), n, hubs.mean,
       (select h from hours where origin = hubs.origin order by mean, h limit 1), (select min(mean) from hours where origin = hubs.origin),
       (select h from hours where origin = hubs.origin order by mean desc, h limit 1), (select max(mean) from hours where origin = hubs.origin)
from hubs
