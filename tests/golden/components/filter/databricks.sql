-- filter: delay is not null and delay > 15
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`
from `flights`
where `flights`.`delay` is not null
  and `flights`.`delay` > 15
