select cast(sum(`lineitem`.`l_extendedprice`) as decimal(37, 16)) / 7.0 as `avg_yearly`
from `tpch`.`lineitem` as `lineitem`
cross join `tpch`.`part` as `part`
where `part`.`p_partkey` = `lineitem`.`l_partkey`
  and `part`.`p_brand` = 'Brand#23'
  and `part`.`p_container` = 'MED BOX'
  and `lineitem`.`l_quantity` < (
  select 0.2 * cast(cast(sum(`lineitem_2`.`l_quantity`) as decimal(38, 16)) / cast(count(`lineitem_2`.`l_quantity`) as decimal(20, 0)) as decimal(36, 16)) as `column1`
  from `tpch`.`lineitem` as `lineitem_2`
  where `lineitem_2`.`l_partkey` = `part`.`p_partkey`
)
