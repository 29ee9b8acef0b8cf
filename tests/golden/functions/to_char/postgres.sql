select
  to_char("w"."moment", 'YYYY-MM-DD HH24:MI:SS.US') as "value_1",
  to_char("w"."instant", 'YYYY-MM-DD HH24:MI:SS.US') as "value_2"
from "raw"."wide" as "w"
