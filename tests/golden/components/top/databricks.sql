-- top: {count: 10, order: [delay desc, day, origin, destination, state]}
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`
from `flights`
order by `flights`.`delay` desc nulls first, `flights`.`day` nulls last, `flights`.`origin` nulls last, `flights`.`destination` nulls last, `flights`.`state` nulls last
limit 10
