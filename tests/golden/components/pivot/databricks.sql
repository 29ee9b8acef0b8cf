-- pivot: {by: [origin], column: destination, values: {sfo: SFO, jfk: JFK}, aggregate: sum(delay) + count(*)}
select
  `flights`.`origin`,
  sum(`flights`.`delay`) filter (where `flights`.`destination` = 'SFO') + count(*) filter (where `flights`.`destination` = 'SFO') as `sfo`,
  sum(`flights`.`delay`) filter (where `flights`.`destination` = 'JFK') + count(*) filter (where `flights`.`destination` = 'JFK') as `jfk`
from `flights`
group by `flights`.`origin`
