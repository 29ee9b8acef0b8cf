select
  `w`.`moment` + interval '14' month + interval '3' day + interval '5.500000' second as `value_1`,
  `w`.`instant` + interval '14' month + interval '3' day + interval '5.500000' second as `value_2`
from `raw`.`wide` as `w`
