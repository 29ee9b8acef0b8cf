-- unique: [origin, day]
select "FLIGHTS"."ORIGIN", "FLIGHTS"."DAY", count(*) as "ROWS_WITH_KEY"
from "FLIGHTS"
where "FLIGHTS"."ORIGIN" is not null
  and "FLIGHTS"."DAY" is not null
group by "FLIGHTS"."ORIGIN", "FLIGHTS"."DAY"
having count(*) > 1
