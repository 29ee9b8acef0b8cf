select cast(length(to_utf8("w"."name")) as integer) as "value_1"
from "raw"."wide" as "w"
