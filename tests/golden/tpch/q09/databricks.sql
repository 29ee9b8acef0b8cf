select
  `nation`.`n_name` as `nation`,
  cast(extract(year from `orders`.`o_orderdate`) as decimal(10, 0)) as `o_year`,
  sum(`lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`) - `partsupp`.`ps_supplycost` * `lineitem`.`l_quantity`) as `sum_profit`
from `tpch`.`part` as `part`
cross join `tpch`.`supplier` as `supplier`
cross join `tpch`.`lineitem` as `lineitem`
cross join `tpch`.`partsupp` as `partsupp`
cross join `tpch`.`orders` as `orders`
cross join `tpch`.`nation` as `nation`
where `supplier`.`s_suppkey` = `lineitem`.`l_suppkey`
  and `partsupp`.`ps_suppkey` = `lineitem`.`l_suppkey`
  and `partsupp`.`ps_partkey` = `lineitem`.`l_partkey`
  and `part`.`p_partkey` = `lineitem`.`l_partkey`
  and `orders`.`o_orderkey` = `lineitem`.`l_orderkey`
  and `supplier`.`s_nationkey` = `nation`.`n_nationkey`
  and `part`.`p_name` like '%green%'
group by `nation`.`n_name`, cast(extract(year from `orders`.`o_orderdate`) as decimal(10, 0))
order by `nation`.`n_name`, cast(extract(year from `orders`.`o_orderdate`) as decimal(10, 0)) desc
