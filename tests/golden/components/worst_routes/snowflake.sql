-- filter: delay is not null
-- join: {with: airports, type: left, on: origin = airports.iata, expect: at_most_one}
-- aggregate: {by: [region, origin, destination], columns: {flights: count(*), total: sum(delay)}}
-- filter: flights >= 100
-- rank: {by: [region], order: [total desc, origin, destination], as: place}
-- filter: place <= 10
with "FLIGHTS_WINDOWED" as (
  select
    "AIRPORTS"."REGION",
    "FLIGHTS_2"."ORIGIN",
    "FLIGHTS_2"."DESTINATION",
    count(*) as "FLIGHTS",
    sum("FLIGHTS_2"."DELAY") as "TOTAL",
    row_number() over (partition by "AIRPORTS"."REGION" order by sum("FLIGHTS_2"."DELAY") desc nulls first, "FLIGHTS_2"."ORIGIN" nulls last, "FLIGHTS_2"."DESTINATION" nulls last) as "PLACE"
  from "FLIGHTS" as "FLIGHTS_2"
  left join "AIRPORTS" on "FLIGHTS_2"."ORIGIN" = "AIRPORTS"."IATA"
  where "FLIGHTS_2"."DELAY" is not null
  group by "AIRPORTS"."REGION", "FLIGHTS_2"."ORIGIN", "FLIGHTS_2"."DESTINATION"
  having count(*) >= 100
)
select
  "FLIGHTS_2"."REGION",
  "FLIGHTS_2"."ORIGIN",
  "FLIGHTS_2"."DESTINATION",
  "FLIGHTS_2"."FLIGHTS",
  "FLIGHTS_2"."TOTAL",
  "FLIGHTS_2"."PLACE"
from "FLIGHTS_WINDOWED" as "FLIGHTS_2"
where "FLIGHTS_2"."PLACE" <= 10
-- join_airports_at_most_one
with "FLIGHTS_DISTINCT" as (
  select distinct "FLIGHTS"."ORIGIN"
  from "FLIGHTS"
  where "FLIGHTS"."DELAY" is not null
)
select "FLIGHTS"."ORIGIN", count(*) as "MATCHES"
from "FLIGHTS_DISTINCT" as "FLIGHTS"
join "AIRPORTS" on "FLIGHTS"."ORIGIN" = "AIRPORTS"."IATA"
group by "FLIGHTS"."ORIGIN"
having count(*) > 1
