-- drop: [state, delay]
select "FLIGHTS"."ORIGIN", "FLIGHTS"."DESTINATION", "FLIGHTS"."DAY"
from "FLIGHTS"
