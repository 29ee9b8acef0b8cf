select round(cast(sum(`lineitem`.`l_extendedprice`) as bignumeric) / numeric '7.0', 16) as `avg_yearly`
from `tpch`.`lineitem` as `lineitem`
cross join `tpch`.`part` as `part`
where `part`.`p_partkey` = `lineitem`.`l_partkey`
  and `part`.`p_brand` = 'Brand#23'
  and `part`.`p_container` = 'MED BOX'
  and `lineitem`.`l_quantity` < (
  select cast(numeric '0.2' as bignumeric) * (round(cast(sum(`lineitem_2`.`l_quantity`) as bignumeric) / count(`lineitem_2`.`l_quantity`), 16)) as `column1`
  from `tpch`.`lineitem` as `lineitem_2`
  where `lineitem_2`.`l_partkey` = `part`.`p_partkey`
)
