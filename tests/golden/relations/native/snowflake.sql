select "NATIVE"."A", "NATIVE"."B"
from (
  select a, b from raw.t -- the end
) as "NATIVE"
where "NATIVE"."A" is not null
