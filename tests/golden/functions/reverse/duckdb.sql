select array_to_string(list_reverse(regexp_extract_all("w"."name", '(?s).')), '') as "value_1"
from "raw"."wide" as "w"
