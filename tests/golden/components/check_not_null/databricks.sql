-- not_null: [origin, day]
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`
from `flights`
where `flights`.`origin` is null or `flights`.`day` is null
