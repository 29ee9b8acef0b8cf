select
  cast(extract(year from `orders`.`o_orderdate`) as decimal(10, 0)) as `o_year`,
  cast(sum(case when `n2`.`n_name` = 'BRAZIL' then `lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`) else 0.0000 end) as decimal(34, 16)) / sum(`lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`)) as `mkt_share`
from `tpch`.`part` as `part`
cross join `tpch`.`supplier` as `supplier`
cross join `tpch`.`lineitem` as `lineitem`
cross join `tpch`.`orders` as `orders`
cross join `tpch`.`customer` as `customer`
cross join `tpch`.`nation` as `n1`
cross join `tpch`.`nation` as `n2`
cross join `tpch`.`region` as `region`
where `part`.`p_partkey` = `lineitem`.`l_partkey`
  and `supplier`.`s_suppkey` = `lineitem`.`l_suppkey`
  and `lineitem`.`l_orderkey` = `orders`.`o_orderkey`
  and `orders`.`o_custkey` = `customer`.`c_custkey`
  and `customer`.`c_nationkey` = `n1`.`n_nationkey`
  and `n1`.`n_regionkey` = `region`.`r_regionkey`
  and `region`.`r_name` = 'AMERICA'
  and `supplier`.`s_nationkey` = `n2`.`n_nationkey`
  and `orders`.`o_orderdate` >= date '1995-01-01'
  and `orders`.`o_orderdate` <= date '1996-12-31'
  and `part`.`p_type` = 'ECONOMY ANODIZED STEEL'
group by cast(extract(year from `orders`.`o_orderdate`) as decimal(10, 0))
order by cast(extract(year from `orders`.`o_orderdate`) as decimal(10, 0))
