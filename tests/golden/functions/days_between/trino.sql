select cast(date_diff('day', "w"."other_day", "w"."day") as integer) as "value_1"
from "raw"."wide" as "w"
