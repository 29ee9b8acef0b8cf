-- select: [{iata: origin}]
-- except: [known]
select "FLIGHTS"."ORIGIN" as "IATA"
from "FLIGHTS"
except
select "KNOWN"."IATA"
from "KNOWN"
