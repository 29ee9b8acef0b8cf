-- filter: delay is not null
-- join: {with: airports, type: left, on: origin = airports.iata, expect: at_most_one}
-- aggregate: {by: [region, origin, destination], columns: {flights: count(*), total: sum(delay)}}
-- filter: flights >= 100
-- rank: {by: [region], order: [total desc, origin, destination], as: place}
-- filter: place <= 10
with `flights_windowed` as (
  select
    `airports`.`region`,
    `flights`.`origin`,
    `flights`.`destination`,
    count(*) as `flights`,
    sum(`flights`.`delay`) as `total`,
    cast(row_number() over (partition by `airports`.`region` order by sum(`flights`.`delay`) desc nulls first, `flights`.`origin` nulls last, `flights`.`destination` nulls last) as bigint) as `place`
  from `flights`
  left join `airports` on `flights`.`origin` = `airports`.`iata`
  where `flights`.`delay` is not null
  group by `airports`.`region`, `flights`.`origin`, `flights`.`destination`
  having count(*) >= 100
)
select
  `flights`.`region`,
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`flights`,
  `flights`.`total`,
  `flights`.`place`
from `flights_windowed` as `flights`
where `flights`.`place` <= 10
-- join_airports_at_most_one
with `flights_distinct` as (
  select distinct `flights`.`origin`
  from `flights`
  where `flights`.`delay` is not null
)
select `flights`.`origin`, count(*) as `matches`
from `flights_distinct` as `flights`
join `airports` on `flights`.`origin` = `airports`.`iata`
group by `flights`.`origin`
having count(*) > 1
