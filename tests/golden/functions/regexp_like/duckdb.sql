select regexp_matches("w"."name", '(?s)^[A-Z]{2}[0-9]+$') as "value_1"
from "raw"."wide" as "w"
