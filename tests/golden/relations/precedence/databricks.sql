select
  (`w`.`number` + `w`.`other_number`) * -(-3) as `product`,
  `w`.`number` - (`w`.`other_number` - `w`.`number`) as `difference`,
  (`w`.`flag` and `w`.`other_flag`) or not (`w`.`flag` or (`w`.`number` = `w`.`other_number`) is null) as `logic`,
  cast(5 as bigint) as `wide_literal`,
  cast(null as string) as `null_text`
from `raw`.`wide` as `w`
