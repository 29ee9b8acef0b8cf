-- pivot: {by: [origin], column: destination, values: {sfo: SFO, jfk: JFK}, aggregate: sum(delay) + count(*)}
select
  `flights`.`origin`,
  sum(case when `flights`.`destination` = 'SFO' then `flights`.`delay` end) + count(case when `flights`.`destination` = 'SFO' then 1 end) as `sfo`,
  sum(case when `flights`.`destination` = 'JFK' then `flights`.`delay` end) + count(case when `flights`.`destination` = 'JFK' then 1 end) as `jfk`
from `flights`
group by `flights`.`origin`
