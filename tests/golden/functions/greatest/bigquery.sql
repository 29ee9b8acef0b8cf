select
  greatest(coalesce(`w`.`name`, `w`.`other_name`), coalesce(`w`.`other_name`, `w`.`name`)) as `value_1`,
  greatest(coalesce(`w`.`number`, `w`.`other_number`), coalesce(`w`.`other_number`, `w`.`number`)) as `value_2`,
  greatest(coalesce(`w`.`moment`, `w`.`other_moment`), coalesce(`w`.`other_moment`, `w`.`moment`)) as `value_3`,
  greatest(coalesce(`w`.`flag`, `w`.`other_flag`), coalesce(`w`.`other_flag`, `w`.`flag`)) as `value_4`
from `raw`.`wide` as `w`
