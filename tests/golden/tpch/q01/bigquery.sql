select
  `lineitem`.`l_returnflag`,
  `lineitem`.`l_linestatus`,
  sum(`lineitem`.`l_quantity`) as `sum_qty`,
  sum(`lineitem`.`l_extendedprice`) as `sum_base_price`,
  sum(`lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`)) as `sum_disc_price`,
  sum(`lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`) * (1 + `lineitem`.`l_tax`)) as `sum_charge`,
  round(cast(sum(`lineitem`.`l_quantity`) as bignumeric) / count(`lineitem`.`l_quantity`), 16) as `avg_qty`,
  round(cast(sum(`lineitem`.`l_extendedprice`) as bignumeric) / count(`lineitem`.`l_extendedprice`), 16) as `avg_price`,
  round(cast(sum(`lineitem`.`l_discount`) as bignumeric) / count(`lineitem`.`l_discount`), 16) as `avg_disc`,
  count(*) as `count_order`
from `tpch`.`lineitem` as `lineitem`
where `lineitem`.`l_shipdate` <= date '1998-09-02'
group by `lineitem`.`l_returnflag`, `lineitem`.`l_linestatus`
order by `lineitem`.`l_returnflag`, `lineitem`.`l_linestatus`
