-- unpivot: {columns: [origin, destination], name: end_of_route, value: airport}
with `wide` as (
  select
    `flights`.`origin`,
    `flights`.`destination`,
    `flights`.`state`,
    `flights`.`day`,
    `flights`.`delay`
  from `flights`
)
select
  `wide`.`state`,
  `wide`.`day`,
  `wide`.`delay`,
  'origin' as `end_of_route`,
  `wide`.`origin` as `airport`
from `wide`
union all
select
  `wide`.`state`,
  `wide`.`day`,
  `wide`.`delay`,
  'destination' as `end_of_route`,
  `wide`.`destination` as `airport`
from `wide`
