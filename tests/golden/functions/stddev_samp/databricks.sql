select `w`.`day`, stddev_samp(`w`.`ratio`) as `value_1`
from `raw`.`wide` as `w`
group by `w`.`day`
