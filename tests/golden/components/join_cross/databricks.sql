-- join: {with: airports, type: cross, columns: [city]}
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`,
  `airports`.`city`
from `flights`
cross join `airports`
