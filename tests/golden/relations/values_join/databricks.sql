select `customers`.`customer`, `customers`.`state`, `v`.`code`, `v`.`rate`, `v`.`since`
from `raw`.`customers` as `customers`
join (
  select 'it\'s \\ "x"' as `code`, 1.50 as `rate`, date '1970-01-01' as `since`
  union all select 'b', cast(null as decimal(6, 2)), cast(null as date)
) as `v` on `customers`.`customer` = `v`.`code`
