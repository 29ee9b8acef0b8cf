-- deduplicate: {by: [origin], order: [day desc, destination, delay, state]}
with `flights_windowed` as (
  select
    `flights`.`origin`,
    `flights`.`destination`,
    `flights`.`state`,
    `flights`.`day`,
    `flights`.`delay`,
    cast(row_number() over (partition by `flights`.`origin` order by `flights`.`day` desc nulls first, `flights`.`destination` nulls last, `flights`.`delay` nulls last, `flights`.`state` nulls last) as bigint) as `row_in_key`
  from `flights`
)
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`
from `flights_windowed` as `flights`
where `flights`.`row_in_key` = 1
