-- distinct: true
select distinct
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`
from `flights`
