with `supplier_joined` as (
  select
    `n1`.`n_name` as `supp_nation`,
    `n2`.`n_name` as `cust_nation`,
    cast(extract(year from `lineitem`.`l_shipdate`) as numeric) as `l_year`,
    `lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`) as `volume`,
    cast(extract(year from `lineitem`.`l_shipdate`) as numeric) as `l_year_2`
  from `tpch`.`supplier` as `supplier`
  cross join `tpch`.`lineitem` as `lineitem`
  cross join `tpch`.`orders` as `orders`
  cross join `tpch`.`customer` as `customer`
  cross join `tpch`.`nation` as `n1`
  cross join `tpch`.`nation` as `n2`
  where `supplier`.`s_suppkey` = `lineitem`.`l_suppkey`
    and `orders`.`o_orderkey` = `lineitem`.`l_orderkey`
    and `customer`.`c_custkey` = `orders`.`o_custkey`
    and `supplier`.`s_nationkey` = `n1`.`n_nationkey`
    and `customer`.`c_nationkey` = `n2`.`n_nationkey`
    and ((`n1`.`n_name` = 'FRANCE' and `n2`.`n_name` = 'GERMANY') or (`n1`.`n_name` = 'GERMANY' and `n2`.`n_name` = 'FRANCE'))
    and `lineitem`.`l_shipdate` >= date '1995-01-01'
    and `lineitem`.`l_shipdate` <= date '1996-12-31'
)
select
  `supplier`.`supp_nation`,
  `supplier`.`cust_nation`,
  `supplier`.`l_year_2` as `l_year`,
  sum(`supplier`.`volume`) as `revenue`
from `supplier_joined` as `supplier`
group by `supplier`.`supp_nation`, `supplier`.`cust_nation`, `supplier`.`l_year_2`
order by `supplier`.`supp_nation`, `supplier`.`cust_nation`, `supplier`.`l_year_2`
