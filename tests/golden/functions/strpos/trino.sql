select cast(strpos("w"."name", "w"."other_name") as integer) as "value_1"
from "raw"."wide" as "w"
