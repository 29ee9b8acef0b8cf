select sum(`lineitem`.`l_extendedprice` * `lineitem`.`l_discount`) as `revenue`
from `tpch`.`lineitem` as `lineitem`
where `lineitem`.`l_shipdate` >= date '1994-01-01'
  and `lineitem`.`l_shipdate` < date '1995-01-01'
  and `lineitem`.`l_discount` >= 0.06 - 0.01
  and `lineitem`.`l_discount` <= 0.06 + 0.01
  and `lineitem`.`l_quantity` < 24
