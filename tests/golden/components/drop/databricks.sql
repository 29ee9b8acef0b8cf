-- drop: [state, delay]
select `flights`.`origin`, `flights`.`destination`, `flights`.`day`
from `flights`
