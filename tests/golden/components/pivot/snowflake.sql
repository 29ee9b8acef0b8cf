-- pivot: {by: [origin], column: destination, values: {sfo: SFO, jfk: JFK}, aggregate: sum(delay) + count(*)}
select
  "FLIGHTS"."ORIGIN",
  sum(case when "FLIGHTS"."DESTINATION" = 'SFO' then "FLIGHTS"."DELAY" end) + count(case when "FLIGHTS"."DESTINATION" = 'SFO' then 1 end) as "SFO",
  sum(case when "FLIGHTS"."DESTINATION" = 'JFK' then "FLIGHTS"."DELAY" end) + count(case when "FLIGHTS"."DESTINATION" = 'JFK' then 1 end) as "JFK"
from "FLIGHTS"
group by "FLIGHTS"."ORIGIN"
