-- calculate: {twice: delay * 2, delay: delay + 1}
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY" + 1 as "DELAY",
  "FLIGHTS"."DELAY" * 2 as "TWICE"
from "FLIGHTS"
