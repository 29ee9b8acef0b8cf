select `w`.`day`, logical_and(case when `w`.`number` > 0 then `w`.`flag` end) as `value_1`
from `raw`.`wide` as `w`
group by `w`.`day`
