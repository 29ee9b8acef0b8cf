-- join: {with: details, type: full, on: [origin]}
select
  coalesce(`flights`.`origin`, `details`.`origin`) as `origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`,
  `details`.`gates`
from `flights`
full join `details` on `flights`.`origin` = `details`.`origin`
