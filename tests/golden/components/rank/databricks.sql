-- rank: {by: [state], order: [delay desc, day, origin, destination], as: place}
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`,
  cast(row_number() over (partition by `flights`.`state` order by `flights`.`delay` desc nulls first, `flights`.`day` nulls last, `flights`.`origin` nulls last, `flights`.`destination` nulls last) as bigint) as `place`
from `flights`
