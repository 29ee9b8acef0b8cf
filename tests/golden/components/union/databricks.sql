-- union: [diverted]
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`
from `flights`
union all
select
  `diverted`.`origin`,
  `diverted`.`destination`,
  `diverted`.`state`,
  `diverted`.`day`,
  cast(`diverted`.`delay` as bigint) as `delay`
from `diverted`
