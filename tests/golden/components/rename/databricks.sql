-- rename: {origin: from_airport, destination: to_airport}
select
  `flights`.`origin` as `from_airport`,
  `flights`.`destination` as `to_airport`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`
from `flights`
