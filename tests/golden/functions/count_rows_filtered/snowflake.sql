select "W"."DAY", count(case when "W"."NUMBER" > 0 then 1 end) as "VALUE_1"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
