-- distinct: [origin, destination]
select distinct `flights`.`origin`, `flights`.`destination`
from `flights`
