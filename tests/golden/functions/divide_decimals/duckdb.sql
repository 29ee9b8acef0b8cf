select case when "w"."rate" = 0 and "w"."price" is not null then error('division by zero') else cast("w"."price" / "w"."rate" as decimal(38, 4)) + cast(("w"."price" - cast("w"."price" / "w"."rate" as decimal(38, 4)) * "w"."rate") / "w"."rate" as decimal(38, 16)) end as "value_1"
from "raw"."wide" as "w"
