select date_add('day', "w"."other_number", "w"."day") as "value_1"
from "raw"."wide" as "w"
