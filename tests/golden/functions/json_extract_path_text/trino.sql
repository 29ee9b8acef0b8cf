select json_extract_scalar("w"."document", '$["a"][0]') as "value_1"
from "raw"."wide" as "w"
