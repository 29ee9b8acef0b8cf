-- filter: delay is not null
-- join: {with: airports, type: left, on: origin = airports.iata, expect: at_most_one}
-- aggregate: {by: [region, origin, destination], columns: {flights: count(*), total: sum(delay)}}
-- filter: flights >= 100
-- rank: {by: [region], order: [total desc, origin, destination], as: place}
-- filter: place <= 10
with `flights_windowed` as (
  select
    `airports`.`region`,
    `flights_2`.`origin`,
    `flights_2`.`destination`,
    count(*) as `flights`,
    sum(`flights_2`.`delay`) as `total`,
    row_number() over (partition by `airports`.`region` order by case when sum(`flights_2`.`delay`) is null then 0 else 1 end, sum(`flights_2`.`delay`) desc, case when `flights_2`.`origin` is null then 1 else 0 end, `flights_2`.`origin`, case when `flights_2`.`destination` is null then 1 else 0 end, `flights_2`.`destination`) as `place`
  from `flights` as `flights_2`
  left join `airports` on `flights_2`.`origin` = `airports`.`iata`
  where `flights_2`.`delay` is not null
  group by `airports`.`region`, `flights_2`.`origin`, `flights_2`.`destination`
  having count(*) >= 100
)
select
  `flights_2`.`region`,
  `flights_2`.`origin`,
  `flights_2`.`destination`,
  `flights_2`.`flights`,
  `flights_2`.`total`,
  `flights_2`.`place`
from `flights_windowed` as `flights_2`
where `flights_2`.`place` <= 10
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
