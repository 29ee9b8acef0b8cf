select `w`.`ratio` / `w`.`other_ratio` as `value_1`
from `raw`.`wide` as `w`
