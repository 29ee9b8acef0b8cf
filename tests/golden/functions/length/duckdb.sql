select cast(length("w"."name") as integer) as "value_1"
from "raw"."wide" as "w"
