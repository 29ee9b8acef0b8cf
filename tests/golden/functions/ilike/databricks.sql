select `w`.`name` ilike '50\\%\\_of [a]_\\\\%' as `value_1`
from `raw`.`wide` as `w`
