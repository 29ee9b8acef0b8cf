select "W"."DAY", boolor_agg(case when "W"."NUMBER" > 0 then "W"."FLAG" end) as "VALUE_1"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
