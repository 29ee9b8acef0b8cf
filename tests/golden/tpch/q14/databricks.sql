select cast(100.00 * sum(case when `part`.`p_type` like 'PROMO%' then `lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`) else 0.0000 end) as decimal(34, 16)) / sum(`lineitem`.`l_extendedprice` * (1 - `lineitem`.`l_discount`)) as `promo_revenue`
from `tpch`.`lineitem` as `lineitem`
cross join `tpch`.`part` as `part`
where `lineitem`.`l_partkey` = `part`.`p_partkey`
  and `lineitem`.`l_shipdate` >= date '1995-09-01'
  and `lineitem`.`l_shipdate` < date '1995-10-01'
