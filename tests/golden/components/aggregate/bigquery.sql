-- aggregate: {by: [origin], columns: {flights: count(*), total: sum(delay), rest: sum(delay) + count(*)}}
select
  `flights_2`.`origin`,
  count(*) as `flights`,
  sum(`flights_2`.`delay`) as `total`,
  sum(`flights_2`.`delay`) + count(*) as `rest`
from `flights` as `flights_2`
group by `flights_2`.`origin`
