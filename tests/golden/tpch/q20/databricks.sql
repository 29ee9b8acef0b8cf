select `supplier`.`s_name`, `supplier`.`s_address`
from `tpch`.`supplier` as `supplier`
cross join `tpch`.`nation` as `nation`
where `supplier`.`s_suppkey` in (
  select `partsupp`.`ps_suppkey`
  from `tpch`.`partsupp` as `partsupp`
  where `partsupp`.`ps_partkey` in (
    select `part`.`p_partkey`
    from `tpch`.`part` as `part`
    where `part`.`p_name` like 'forest%'
  )
    and `partsupp`.`ps_availqty` > (
    select 0.5 * sum(`lineitem`.`l_quantity`) as `column1`
    from `tpch`.`lineitem` as `lineitem`
    where `lineitem`.`l_partkey` = `partsupp`.`ps_partkey`
      and `lineitem`.`l_suppkey` = `partsupp`.`ps_suppkey`
      and `lineitem`.`l_shipdate` >= date '1994-01-01'
      and `lineitem`.`l_shipdate` < date '1995-01-01'
  )
)
  and `supplier`.`s_nationkey` = `nation`.`n_nationkey`
  and `nation`.`n_name` = 'CANADA'
order by `supplier`.`s_name`
