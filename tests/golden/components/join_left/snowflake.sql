-- join: {with: airports, type: left, on: origin = airports.iata, prefix: airport_, expect: exactly_one}
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY",
  "AIRPORTS"."IATA" as "AIRPORT_IATA",
  "AIRPORTS"."CITY" as "AIRPORT_CITY",
  "AIRPORTS"."REGION" as "AIRPORT_REGION"
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
-- join_airports_at_least_one
select distinct "FLIGHTS"."ORIGIN"
from "FLIGHTS"
where not exists (
    select 1
    from "AIRPORTS"
    where "FLIGHTS"."ORIGIN" = "AIRPORTS"."IATA"
  )
