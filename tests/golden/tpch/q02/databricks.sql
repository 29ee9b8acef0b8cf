select
  `supplier`.`s_acctbal`,
  `supplier`.`s_name`,
  `nation`.`n_name`,
  `part`.`p_partkey`,
  `part`.`p_mfgr`,
  `supplier`.`s_address`,
  `supplier`.`s_phone`,
  `supplier`.`s_comment`
from `tpch`.`part` as `part`
cross join `tpch`.`supplier` as `supplier`
cross join `tpch`.`partsupp` as `partsupp`
cross join `tpch`.`nation` as `nation`
cross join `tpch`.`region` as `region`
where `part`.`p_partkey` = `partsupp`.`ps_partkey`
  and `supplier`.`s_suppkey` = `partsupp`.`ps_suppkey`
  and `part`.`p_size` = 15
  and `part`.`p_type` like '%BRASS'
  and `supplier`.`s_nationkey` = `nation`.`n_nationkey`
  and `nation`.`n_regionkey` = `region`.`r_regionkey`
  and `region`.`r_name` = 'EUROPE'
  and `partsupp`.`ps_supplycost` = (
  select min(`partsupp_2`.`ps_supplycost`) as `min`
  from `tpch`.`partsupp` as `partsupp_2`
  cross join `tpch`.`supplier` as `supplier_2`
  cross join `tpch`.`nation` as `nation_2`
  cross join `tpch`.`region` as `region_2`
  where `part`.`p_partkey` = `partsupp_2`.`ps_partkey`
    and `supplier_2`.`s_suppkey` = `partsupp_2`.`ps_suppkey`
    and `supplier_2`.`s_nationkey` = `nation_2`.`n_nationkey`
    and `nation_2`.`n_regionkey` = `region_2`.`r_regionkey`
    and `region_2`.`r_name` = 'EUROPE'
)
order by `supplier`.`s_acctbal` desc, `nation`.`n_name`, `supplier`.`s_name`, `part`.`p_partkey`
limit 100
