select `w`.`name` not ilike '50\\%\\_of [a]_\\\\%' as `value_1`
from `raw`.`wide` as `w`
