select
  regexp_replace("w"."name", '([0-9]+)-([0-9]+)', '\2-\1') as "value_1",
  regexp_replace("w"."name", '([0-9]+)-([0-9]+)', '\2-\1', 'g') as "value_2"
from "raw"."wide" as "w"
