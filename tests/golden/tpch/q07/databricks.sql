select
  `n1`.`n_name` as `supp_nation`,
  `n2`.`n_name` as `cust_nation`,
  cast(extract(year from `lineitem`.`l_shipdate`) as decimal(10, 0)) as `l_year`,
  sum(`lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`)) as `revenue`
from `tpch`.`supplier` as `supplier`
cross join `tpch`.`lineitem` as `lineitem`
cross join `tpch`.`orders` as `orders`
cross join `tpch`.`customer` as `customer`
cross join `tpch`.`nation` as `n1`
cross join `tpch`.`nation` as `n2`
where `supplier`.`s_suppkey` = `lineitem`.`l_suppkey`
  and `orders`.`o_orderkey` = `lineitem`.`l_orderkey`
  and `customer`.`c_custkey` = `orders`.`o_custkey`
  and `supplier`.`s_nationkey` = `n1`.`n_nationkey`
  and `customer`.`c_nationkey` = `n2`.`n_nationkey`
  and ((`n1`.`n_name` = 'FRANCE' and `n2`.`n_name` = 'GERMANY') or (`n1`.`n_name` = 'GERMANY' and `n2`.`n_name` = 'FRANCE'))
  and `lineitem`.`l_shipdate` >= date '1995-01-01'
  and `lineitem`.`l_shipdate` <= date '1996-12-31'
group by
  `n1`.`n_name`,
  `n2`.`n_name`,
  cast(extract(year from `lineitem`.`l_shipdate`) as decimal(10, 0))
order by `n1`.`n_name`, `n2`.`n_name`, cast(extract(year from `lineitem`.`l_shipdate`) as decimal(10, 0))
