select substr("W"."NAME", 1, case when "W"."OTHER_NUMBER" < 0 then greatest(length("W"."NAME") + "W"."OTHER_NUMBER", 0) else "W"."OTHER_NUMBER" end) as "VALUE_1"
from "RAW"."WIDE" as "W"
