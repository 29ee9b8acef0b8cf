select case when "W"."OTHER_NAME" = '' then "W"."NAME" else replace("W"."NAME", "W"."OTHER_NAME", "W"."OTHER_NAME") end as "VALUE_1"
from "RAW"."WIDE" as "W"
