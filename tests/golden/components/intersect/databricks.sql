-- select: [{iata: origin}]
-- intersect: [known]
select `flights`.`origin` as `iata`
from `flights`
intersect
select `known`.`iata`
from `known`
