select round(cast(`w`.`price` as bignumeric) / `w`.`rate`, 16) as `value_1`
from `raw`.`wide` as `w`
