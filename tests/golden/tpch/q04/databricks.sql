select `orders`.`o_orderpriority`, count(*) as `order_count`
from `tpch`.`orders` as `orders`
where `orders`.`o_orderdate` >= date '1993-07-01'
  and `orders`.`o_orderdate` < date '1993-10-01'
  and exists (
  select 1
  from `tpch`.`lineitem` as `lineitem`
  where `lineitem`.`l_orderkey` = `orders`.`o_orderkey`
    and `lineitem`.`l_commitdate` < `lineitem`.`l_receiptdate`
)
group by `orders`.`o_orderpriority`
order by `orders`.`o_orderpriority`
