select
  lag(`w`.`name`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_1`,
  lag(`w`.`number`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_2`,
  lag(`w`.`moment`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_3`,
  lag(`w`.`flag`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_4`,
  lag(`w`.`name`, 2, `w`.`other_name`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_5`,
  lag(`w`.`number`, 2, `w`.`number`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_6`,
  lag(`w`.`moment`, 2, `w`.`moment`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_7`,
  lag(`w`.`flag`, 2, `w`.`flag`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_8`
from `raw`.`wide` as `w`
