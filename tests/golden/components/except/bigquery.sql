-- select: [{iata: origin}]
-- except: [known]
select `flights`.`origin` as `iata`
from `flights`
except distinct
select `known`.`iata`
from `known`
