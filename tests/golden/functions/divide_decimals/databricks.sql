select cast(`w`.`price` as decimal(27, 9)) / `w`.`rate` as `value_1`
from `raw`.`wide` as `w`
