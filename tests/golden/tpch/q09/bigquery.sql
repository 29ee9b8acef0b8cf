with `part_joined` as (
  select
    `nation_2`.`n_name` as `nation`,
    cast(extract(year from `orders`.`o_orderdate`) as numeric) as `o_year`,
    `lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`) - `partsupp`.`ps_supplycost` * `lineitem`.`l_quantity` as `amount`,
    cast(extract(year from `orders`.`o_orderdate`) as numeric) as `o_year_2`
  from `tpch`.`part` as `part`
  cross join `tpch`.`supplier` as `supplier`
  cross join `tpch`.`lineitem` as `lineitem`
  cross join `tpch`.`partsupp` as `partsupp`
  cross join `tpch`.`orders` as `orders`
  cross join `tpch`.`nation` as `nation_2`
  where `supplier`.`s_suppkey` = `lineitem`.`l_suppkey`
    and `partsupp`.`ps_suppkey` = `lineitem`.`l_suppkey`
    and `partsupp`.`ps_partkey` = `lineitem`.`l_partkey`
    and `part`.`p_partkey` = `lineitem`.`l_partkey`
    and `orders`.`o_orderkey` = `lineitem`.`l_orderkey`
    and `supplier`.`s_nationkey` = `nation_2`.`n_nationkey`
    and `part`.`p_name` like '%green%'
)
select `part`.`nation`, `part`.`o_year_2` as `o_year`, sum(`part`.`amount`) as `sum_profit`
from `part_joined` as `part`
group by `part`.`nation`, `part`.`o_year_2`
order by `part`.`nation`, `part`.`o_year_2` desc
