select cast(`w`.`price` as decimal(34, 16)) / `w`.`rate` as `value_1`
from `raw`.`wide` as `w`
