select `w`.`price` < 10 as `cheap`, `w`.`flag`, `w`.`name` in ('a', 'b ') as `known`, true as `yes`
from `raw`.`wide` as `w`
where `w`.`flag` or (`w`.`price` < 10 and not `w`.`flag`)
