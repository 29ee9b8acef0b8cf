-- select: [{iata: origin}]
-- except: [known]
select `flights`.`origin` as `iata`
from `flights`
except
select `known`.`iata`
from `known`
