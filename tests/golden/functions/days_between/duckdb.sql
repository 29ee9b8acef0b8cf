select cast("w"."day" - "w"."other_day" as integer) as "value_1"
from "raw"."wide" as "w"
