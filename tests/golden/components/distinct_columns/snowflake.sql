-- distinct: [origin, destination]
select distinct "FLIGHTS"."ORIGIN", "FLIGHTS"."DESTINATION"
from "FLIGHTS"
