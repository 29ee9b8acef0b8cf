select substr("W"."NAME", case when "W"."OTHER_NUMBER" < 0 then 1 - "W"."OTHER_NUMBER" else greatest(length("W"."NAME") - "W"."OTHER_NUMBER", 0) + 1 end) as "VALUE_1"
from "RAW"."WIDE" as "W"
