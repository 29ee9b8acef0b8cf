select case when schema_of_variant(try_variant_get(`w`.`document`, '$["a"][0]', 'variant')) not rlike '^(ARRAY|OBJECT)<' then try_variant_get(`w`.`document`, '$["a"][0]', 'string') end as `value_1`
from `raw`.`wide` as `w`
