-- select: [day, {late: delay > 15}, origin]
select `flights`.`day`, `flights`.`delay` > 15 as `late`, `flights`.`origin`
from `flights`
