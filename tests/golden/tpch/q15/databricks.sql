with `revenue` as (
  select
    `lineitem`.`l_suppkey` as `supplier_no`,
    sum(`lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`)) as `total_revenue`
  from `tpch`.`lineitem` as `lineitem`
  where `lineitem`.`l_shipdate` >= date '1996-01-01'
    and `lineitem`.`l_shipdate` < date '1996-04-01'
  group by `lineitem`.`l_suppkey`
)
select
  `supplier`.`s_suppkey`,
  `supplier`.`s_name`,
  `supplier`.`s_address`,
  `supplier`.`s_phone`,
  `revenue`.`total_revenue`
from `tpch`.`supplier` as `supplier`
cross join `revenue`
where `supplier`.`s_suppkey` = `revenue`.`supplier_no`
  and `revenue`.`total_revenue` = (
  select max(`revenue_2`.`total_revenue`) as `max`
  from `revenue` as `revenue_2`
)
order by `supplier`.`s_suppkey`
