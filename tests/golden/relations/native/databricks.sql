select `native`.`a`, `native`.`b`
from (
  select a, b from raw.t -- the end
) as `native`
where `native`.`a` is not null
