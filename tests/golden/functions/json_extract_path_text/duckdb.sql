select json_extract_string("w"."document", '/a/0') as "value_1"
from "raw"."wide" as "w"
