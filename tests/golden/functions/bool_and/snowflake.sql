select "W"."DAY", booland_agg("W"."FLAG") as "VALUE_1"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
