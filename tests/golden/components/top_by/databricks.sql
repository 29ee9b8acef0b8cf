-- top: {count: 3, by: [state], order: [delay desc, day, origin, destination]}
with `flights_windowed` as (
  select
    `flights`.`origin`,
    `flights`.`destination`,
    `flights`.`state`,
    `flights`.`day`,
    `flights`.`delay`,
    cast(row_number() over (partition by `flights`.`state` order by `flights`.`delay` desc nulls first, `flights`.`day` nulls last, `flights`.`origin` nulls last, `flights`.`destination` nulls last) as bigint) as `row_in_group`
  from `flights`
)
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`
from `flights_windowed` as `flights`
where `flights`.`row_in_group` <= 3
