select
  "w"."day",
  array_agg("w"."name" order by "w"."id" desc, "w"."name" collate "C" nulls last) filter (where "w"."number" > 0) as "value_1",
  array_agg("w"."number" order by "w"."id" desc, "w"."name" collate "C" nulls last) filter (where "w"."number" > 0) as "value_2",
  array_agg("w"."moment" order by "w"."id" desc, "w"."name" collate "C" nulls last) filter (where "w"."number" > 0) as "value_3",
  array_agg("w"."flag" order by "w"."id" desc, "w"."name" collate "C" nulls last) filter (where "w"."number" > 0) as "value_4"
from "raw"."wide" as "w"
group by "w"."day"
