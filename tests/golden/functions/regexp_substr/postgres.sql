select regexp_substr("w"."name", '(?:a)[0-9]+') as "value_1"
from "raw"."wide" as "w"
