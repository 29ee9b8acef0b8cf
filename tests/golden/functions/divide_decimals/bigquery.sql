select round(cast(`w`.`price` as bignumeric) / `w`.`rate`, 6) as `value_1`
from `raw`.`wide` as `w`
