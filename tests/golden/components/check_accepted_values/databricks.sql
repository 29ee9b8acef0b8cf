-- accepted_values: {column: origin, values: [SFO, JFK]}
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`
from `flights`
where not (`flights`.`origin` in ('SFO', 'JFK'))
