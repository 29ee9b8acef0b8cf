-- join: {with: airports, type: anti, on: origin = airports.iata}
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`
from `flights`
where not exists (
    select 1
    from `airports`
    where `flights`.`origin` = `airports`.`iata`
  )
