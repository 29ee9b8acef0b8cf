-- select: [day, {late: delay > 15}, origin]
select "FLIGHTS"."DAY", "FLIGHTS"."DELAY" > 15 as "LATE", "FLIGHTS"."ORIGIN"
from "FLIGHTS"
