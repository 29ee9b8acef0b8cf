select
  abs(`w`.`number`) as `value_1`,
  abs(`w`.`price`) as `value_2`,
  abs(`w`.`ratio`) as `value_3`,
  abs(`w`.`big`) as `value_4`
from `raw`.`wide` as `w`
