select md5(`w`.`name`) as `value_1`
from `raw`.`wide` as `w`
