select round(cast("w"."price" as numeric(1000, 15)) / "w"."rate", 6) as "value_1"
from "raw"."wide" as "w"
