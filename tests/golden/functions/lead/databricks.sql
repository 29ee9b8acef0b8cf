select
  lead(`w`.`name`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_1`,
  lead(`w`.`number`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_2`,
  lead(`w`.`moment`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_3`,
  lead(`w`.`flag`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_4`,
  lead(`w`.`name`, 2, `w`.`other_name`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_5`,
  lead(`w`.`number`, 2, `w`.`number`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_6`,
  lead(`w`.`moment`, 2, `w`.`moment`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_7`,
  lead(`w`.`flag`, 2, `w`.`flag`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_8`
from `raw`.`wide` as `w`
