with `partsupp_grouped` as (
  select
    `partsupp`.`ps_partkey`,
    sum(`partsupp`.`ps_supplycost` * `partsupp`.`ps_availqty`) as `value`
  from `tpch`.`partsupp` as `partsupp`
  cross join `tpch`.`supplier` as `supplier`
  cross join `tpch`.`nation` as `nation`
  where `partsupp`.`ps_suppkey` = `supplier`.`s_suppkey`
    and `supplier`.`s_nationkey` = `nation`.`n_nationkey`
    and `nation`.`n_name` = 'GERMANY'
  group by `partsupp`.`ps_partkey`
)
select `partsupp`.`ps_partkey`, `partsupp`.`value`
from `partsupp_grouped` as `partsupp`
where cast(`partsupp`.`value` as decimal(28, 2)) > (
  select cast(sum(`partsupp_2`.`ps_supplycost` * `partsupp_2`.`ps_availqty`) as decimal(27, 2)) * 0.0001000000 as `column1`
  from `tpch`.`partsupp` as `partsupp_2`
  cross join `tpch`.`supplier` as `supplier`
  cross join `tpch`.`nation` as `nation`
  where `partsupp_2`.`ps_suppkey` = `supplier`.`s_suppkey`
    and `supplier`.`s_nationkey` = `nation`.`n_nationkey`
    and `nation`.`n_name` = 'GERMANY'
)
order by `partsupp`.`value` desc nulls first
