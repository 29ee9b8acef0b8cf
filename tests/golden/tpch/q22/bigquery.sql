with `customer_filtered` as (
  select
    substr(`customer`.`c_phone`, 1, 2) as `cntrycode`,
    `customer`.`c_acctbal`,
    substr(`customer`.`c_phone`, 1, 2) as `cntrycode_2`
  from `tpch`.`customer` as `customer`
  where substr(`customer`.`c_phone`, 1, 2) in ('13', '31', '23', '29', '30', '18', '17')
    and `customer`.`c_acctbal` > (
    select round(cast(sum(`customer_2`.`c_acctbal`) as bignumeric) / count(`customer_2`.`c_acctbal`), 16) as `avg`
    from `tpch`.`customer` as `customer_2`
    where `customer_2`.`c_acctbal` > numeric '0.00'
      and substr(`customer_2`.`c_phone`, 1, 2) in ('13', '31', '23', '29', '30', '18', '17')
  )
    and not exists (
    select 1
    from `tpch`.`orders` as `orders`
    where `orders`.`o_custkey` = `customer`.`c_custkey`
  )
)
select
  `customer`.`cntrycode_2` as `cntrycode`,
  count(*) as `numcust`,
  sum(`customer`.`c_acctbal`) as `totacctbal`
from `customer_filtered` as `customer`
group by `customer`.`cntrycode_2`
order by `customer`.`cntrycode_2`
