-- lookup: {in: airports, on: origin = airports.iata, columns: [{origin_city: city}]}
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY",
  "AIRPORTS"."CITY" as "ORIGIN_CITY"
from "FLIGHTS"
left join "AIRPORTS" on "FLIGHTS"."ORIGIN" = "AIRPORTS"."IATA"
-- join_airports_at_most_one
with "FLIGHTS_DISTINCT" as (
  select distinct "FLIGHTS"."ORIGIN"
  from "FLIGHTS"
)
select "FLIGHTS"."ORIGIN", count(*) as "MATCHES"
from "FLIGHTS_DISTINCT" as "FLIGHTS"
join "AIRPORTS" on "FLIGHTS"."ORIGIN" = "AIRPORTS"."IATA"
group by "FLIGHTS"."ORIGIN"
having count(*) > 1
