select
  `lineitem`.`l_orderkey`,
  sum(`lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`)) as `revenue`,
  `orders`.`o_orderdate`,
  `orders`.`o_shippriority`
from `tpch`.`customer` as `customer`
cross join `tpch`.`orders` as `orders`
cross join `tpch`.`lineitem` as `lineitem`
where `customer`.`c_mktsegment` = 'BUILDING'
  and `customer`.`c_custkey` = `orders`.`o_custkey`
  and `lineitem`.`l_orderkey` = `orders`.`o_orderkey`
  and `orders`.`o_orderdate` < date '1995-03-15'
  and `lineitem`.`l_shipdate` > date '1995-03-15'
group by `lineitem`.`l_orderkey`, `orders`.`o_orderdate`, `orders`.`o_shippriority`
order by sum(`lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`)) desc nulls first, `orders`.`o_orderdate`
limit 10
