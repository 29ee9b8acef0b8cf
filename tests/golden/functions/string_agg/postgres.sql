select
  "w"."day",
  string_agg("w"."name", ', ' order by "w"."id" desc, "w"."name" collate "C" nulls last) as "value_1"
from "raw"."wide" as "w"
group by "w"."day"
