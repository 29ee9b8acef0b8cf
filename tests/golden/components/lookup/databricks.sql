-- lookup: {in: airports, on: origin = airports.iata, columns: [{origin_city: city}]}
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`,
  `airports`.`city` as `origin_city`
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
