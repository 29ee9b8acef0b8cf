select
  rpad("w"."name", "w"."other_number") as "value_1",
  rpad("w"."name", "w"."other_number", '0') as "value_2"
from "raw"."wide" as "w"
