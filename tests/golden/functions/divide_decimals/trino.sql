select cast(cast("w"."price" as decimal(38, 6)) / "w"."rate" as decimal(38, 6)) as "value_1"
from "raw"."wide" as "w"
