-- expression: delay > 15
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`
from `flights`
where (`flights`.`delay` > 15) is false
