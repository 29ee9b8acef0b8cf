select `w`.`day`, stddev_samp(`w`.`ratio`) filter (where `w`.`number` > 0) as `value_1`
from `raw`.`wide` as `w`
group by `w`.`day`
