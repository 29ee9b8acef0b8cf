select case when json_type("w"."document", '/a/0') not in ('ARRAY', 'OBJECT') then json_extract_string("w"."document", '/a/0') end as "value_1"
from "raw"."wide" as "w"
