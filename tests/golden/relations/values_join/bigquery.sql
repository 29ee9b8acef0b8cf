select `customers`.`customer`, `customers`.`state`, `v`.`code`, `v`.`rate`, `v`.`since`
from `raw`.`customers` as `customers`
join unnest([
  struct('it\'s \\ "x"' as `code`, numeric '1.50' as `rate`, date '1970-01-01' as `since`),
  struct('b', cast(null as numeric), cast(null as date))
]) as `v` on `customers`.`customer` = `v`.`code`
