select
  `customer`.`c_name`,
  `customer`.`c_custkey`,
  `orders`.`o_orderkey`,
  `orders`.`o_orderdate`,
  `orders`.`o_totalprice`,
  sum(`lineitem`.`l_quantity`) as `quantity`
from `tpch`.`customer` as `customer`
cross join `tpch`.`orders` as `orders`
cross join `tpch`.`lineitem` as `lineitem`
where `orders`.`o_orderkey` in (
  select `lineitem_2`.`l_orderkey`
  from `tpch`.`lineitem` as `lineitem_2`
  group by `lineitem_2`.`l_orderkey`
  having sum(`lineitem_2`.`l_quantity`) > 300
)
  and `customer`.`c_custkey` = `orders`.`o_custkey`
  and `orders`.`o_orderkey` = `lineitem`.`l_orderkey`
group by
  `customer`.`c_name`,
  `customer`.`c_custkey`,
  `orders`.`o_orderkey`,
  `orders`.`o_orderdate`,
  `orders`.`o_totalprice`
order by `orders`.`o_totalprice` desc, `orders`.`o_orderdate`
limit 100
