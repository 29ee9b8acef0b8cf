-- relationship: {column: origin, to: airports, field: iata}
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY"
from "FLIGHTS"
where "FLIGHTS"."ORIGIN" is not null
  and not exists (
    select 1
    from "AIRPORTS"
    where "FLIGHTS"."ORIGIN" = "AIRPORTS"."IATA"
  )
