select
  `nation`.`n_name`,
  sum(`lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`)) as `revenue`
from `tpch`.`customer` as `customer`
cross join `tpch`.`orders` as `orders`
cross join `tpch`.`lineitem` as `lineitem`
cross join `tpch`.`supplier` as `supplier`
cross join `tpch`.`nation` as `nation`
cross join `tpch`.`region` as `region`
where `customer`.`c_custkey` = `orders`.`o_custkey`
  and `lineitem`.`l_orderkey` = `orders`.`o_orderkey`
  and `lineitem`.`l_suppkey` = `supplier`.`s_suppkey`
  and `customer`.`c_nationkey` = `supplier`.`s_nationkey`
  and `supplier`.`s_nationkey` = `nation`.`n_nationkey`
  and `nation`.`n_regionkey` = `region`.`r_regionkey`
  and `region`.`r_name` = 'ASIA'
  and `orders`.`o_orderdate` >= date '1994-01-01'
  and `orders`.`o_orderdate` < date '1995-01-01'
group by `nation`.`n_name`
order by sum(`lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`)) desc nulls first
