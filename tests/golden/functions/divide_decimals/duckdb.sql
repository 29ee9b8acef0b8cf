select cast(case when "w"."rate" = 0 then error('division by zero') else (2 * cast(cast("w"."price" as decimal(38, 2)) * 10000000000 as hugeint) + sign("w"."price") * abs(cast("w"."rate" * 10000 as hugeint))) // (2 * cast("w"."rate" * 10000 as hugeint)) end as decimal(38, 0)) * cast(0.000001 as decimal(7, 6)) as "value_1"
from "raw"."wide" as "w"
