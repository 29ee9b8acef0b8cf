select case when regexp_matches("w"."name", '(?s)(?:a)[0-9]+') then regexp_extract("w"."name", '(?s)(?:a)[0-9]+') end as "value_1"
from "raw"."wide" as "w"
