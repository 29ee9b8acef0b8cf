select cast(strlen("w"."name") as integer) as "value_1"
from "raw"."wide" as "w"
