select "W"."DAY", stddev_samp(case when "W"."NUMBER" > 0 then "W"."RATIO" end) as "VALUE_1"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
