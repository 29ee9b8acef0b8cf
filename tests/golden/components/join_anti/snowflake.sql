-- join: {with: airports, type: anti, on: origin = airports.iata}
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY"
from "FLIGHTS"
where not exists (
    select 1
    from "AIRPORTS"
    where "FLIGHTS"."ORIGIN" = "AIRPORTS"."IATA"
  )
