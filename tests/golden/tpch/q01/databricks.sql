select
  `lineitem`.`l_returnflag`,
  `lineitem`.`l_linestatus`,
  sum(`lineitem`.`l_quantity`) as `sum_qty`,
  sum(`lineitem`.`l_extendedprice`) as `sum_base_price`,
  sum(`lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`)) as `sum_disc_price`,
  sum(`lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`) * (1 + `lineitem`.`l_tax`)) as `sum_charge`,
  cast(sum(`lineitem`.`l_quantity`) as decimal(38, 16)) / cast(count(`lineitem`.`l_quantity`) as decimal(20, 0)) as `avg_qty`,
  cast(sum(`lineitem`.`l_extendedprice`) as decimal(38, 16)) / cast(count(`lineitem`.`l_extendedprice`) as decimal(20, 0)) as `avg_price`,
  cast(sum(`lineitem`.`l_discount`) as decimal(38, 16)) / cast(count(`lineitem`.`l_discount`) as decimal(20, 0)) as `avg_disc`,
  count(*) as `count_order`
from `tpch`.`lineitem` as `lineitem`
where `lineitem`.`l_shipdate` <= date '1998-09-02'
group by `lineitem`.`l_returnflag`, `lineitem`.`l_linestatus`
order by `lineitem`.`l_returnflag`, `lineitem`.`l_linestatus`
