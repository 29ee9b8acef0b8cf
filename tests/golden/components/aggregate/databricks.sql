-- aggregate: {by: [origin], columns: {flights: count(*), total: sum(delay), rest: sum(delay) + count(*)}}
select
  `flights`.`origin`,
  count(*) as `flights`,
  sum(`flights`.`delay`) as `total`,
  sum(`flights`.`delay`) + count(*) as `rest`
from `flights`
group by `flights`.`origin`
