-- union: {with: [details], columns: all, distinct: true}
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay`,
  cast(null as int) as `gates`
from `flights`
union
select
  `details`.`origin`,
  cast(null as string) as `destination`,
  cast(null as string) as `state`,
  cast(null as date) as `day`,
  cast(null as bigint) as `delay`,
  `details`.`gates`
from `details`
