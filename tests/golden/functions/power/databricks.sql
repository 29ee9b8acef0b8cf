select case when `w`.`ratio` = 0 and `w`.`other_ratio` < 0 then raise_error('zero raised to a negative power is undefined') when `w`.`ratio` < 0 and `w`.`other_ratio` <> floor(`w`.`other_ratio`) then raise_error('a negative number raised to a non-integer power yields a complex result') else power(`w`.`ratio`, `w`.`other_ratio`) end as `value_1`
from `raw`.`wide` as `w`
