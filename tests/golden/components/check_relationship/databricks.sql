-- relationship: {column: origin, to: airports, field: iata}
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`
from `flights`
where `flights`.`origin` is not null
  and not exists (
    select 1
    from `airports`
    where `flights`.`origin` = `airports`.`iata`
  )
