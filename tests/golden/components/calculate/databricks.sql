-- calculate: {twice: delay * 2, delay: delay + 1}
select
  `flights`.`origin`,
  `flights`.`destination`,
  `flights`.`state`,
  `flights`.`day`,
  `flights`.`delay` + 1 as `delay`,
  `flights`.`delay` * 2 as `twice`
from `flights`
