select
  substr(`customer`.`c_phone`, 1, 2) as `cntrycode`,
  count(*) as `numcust`,
  sum(`customer`.`c_acctbal`) as `totacctbal`
from `tpch`.`customer` as `customer`
where substr(`customer`.`c_phone`, 1, 2) in ('13', '31', '23', '29', '30', '18', '17')
  and `customer`.`c_acctbal` > (
  select cast(sum(`customer_2`.`c_acctbal`) as decimal(38, 16)) / cast(count(`customer_2`.`c_acctbal`) as decimal(20, 0)) as `avg`
  from `tpch`.`customer` as `customer_2`
  where `customer_2`.`c_acctbal` > 0.00
    and substr(`customer_2`.`c_phone`, 1, 2) in ('13', '31', '23', '29', '30', '18', '17')
)
  and not exists (
  select 1
  from `tpch`.`orders` as `orders`
  where `orders`.`o_custkey` = `customer`.`c_custkey`
)
group by substr(`customer`.`c_phone`, 1, 2)
order by substr(`customer`.`c_phone`, 1, 2)
