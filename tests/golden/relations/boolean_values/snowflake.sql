select "W"."PRICE" < 10 as "CHEAP", "W"."FLAG", "W"."NAME" in ('a', 'b ') as "KNOWN", true as "YES"
from "RAW"."WIDE" as "W"
where "W"."FLAG" or ("W"."PRICE" < 10 and not "W"."FLAG")
