-- join: {with: airports, type: left, on: origin = airports.iata, prefix: airport_, expect: exactly_one}
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`,
  `airports`.`iata` as `airport_iata`,
  `airports`.`city` as `airport_city`,
  `airports`.`region` as `airport_region`
from `flights`
left join `airports` on `flights`.`origin` = `airports`.`iata`
-- join_airports_at_most_one
with `flights_distinct` as (
  select distinct `flights`.`origin`
  from `flights`
)
select `flights`.`origin`, count(*) as `matches`
from `flights_distinct` as `flights`
join `airports` on `flights`.`origin` = `airports`.`iata`
group by `flights`.`origin`
having count(*) > 1
-- join_airports_at_least_one
select distinct `flights`.`origin`
from `flights`
where not exists (
    select 1
    from `airports`
    where `flights`.`origin` = `airports`.`iata`
  )
