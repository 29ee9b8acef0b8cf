-- select: [{iata: origin}]
-- intersect: [known]
select "FLIGHTS"."ORIGIN" as "IATA"
from "FLIGHTS"
intersect
select "KNOWN"."IATA"
from "KNOWN"
