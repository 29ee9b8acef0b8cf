select `supplier`.`s_name`, count(*) as `numwait`
from `tpch`.`supplier` as `supplier`
cross join `tpch`.`lineitem` as `l1`
cross join `tpch`.`orders` as `orders`
cross join `tpch`.`nation` as `nation`
where `supplier`.`s_suppkey` = `l1`.`l_suppkey`
  and `orders`.`o_orderkey` = `l1`.`l_orderkey`
  and `orders`.`o_orderstatus` = 'F'
  and `l1`.`l_receiptdate` > `l1`.`l_commitdate`
  and exists (
  select 1
  from `tpch`.`lineitem` as `l2`
  where `l2`.`l_orderkey` = `l1`.`l_orderkey`
    and `l2`.`l_suppkey` <> `l1`.`l_suppkey`
)
  and not exists (
  select 1
  from `tpch`.`lineitem` as `l3`
  where `l3`.`l_orderkey` = `l1`.`l_orderkey`
    and `l3`.`l_suppkey` <> `l1`.`l_suppkey`
    and `l3`.`l_receiptdate` > `l3`.`l_commitdate`
)
  and `supplier`.`s_nationkey` = `nation`.`n_nationkey`
  and `nation`.`n_name` = 'SAUDI ARABIA'
group by `supplier`.`s_name`
order by count(*) desc, `supplier`.`s_name`
limit 100
