select `w`.`day`, var_samp(`w`.`ratio`) as `value_1`
from `raw`.`wide` as `w`
group by `w`.`day`
