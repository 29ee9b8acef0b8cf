select sqrt(case when `w`.`ratio` < 0 then raise_error('cannot take square root of a negative number') else `w`.`ratio` end) as `value_1`
from `raw`.`wide` as `w`
