with `customer_grouped` as (
  select `customer`.`c_custkey`, count(`orders`.`o_orderkey`) as `c_count`
  from `tpch`.`customer` as `customer`
  left join `tpch`.`orders` as `orders` on `customer`.`c_custkey` = `orders`.`o_custkey` and `orders`.`o_comment` not like '%special%requests%'
  group by `customer`.`c_custkey`
)
select `customer`.`c_count`, count(*) as `custdist`
from `customer_grouped` as `customer`
group by `customer`.`c_count`
order by count(*) desc, `customer`.`c_count` desc
