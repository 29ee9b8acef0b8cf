select log10(case when `w`.`ratio` <= 0 then raise_error('cannot take logarithm of zero or less') else `w`.`ratio` end) as `value_1`
from `raw`.`wide` as `w`
