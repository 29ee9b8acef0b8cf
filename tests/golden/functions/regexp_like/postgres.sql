select "w"."name" ~ '^[A-Z]{2}[0-9]+$' as "value_1"
from "raw"."wide" as "w"
