select `w`.`day`, count(case when `w`.`number` > 0 then 1 end) as `value_1`
from `raw`.`wide` as `w`
group by `w`.`day`
