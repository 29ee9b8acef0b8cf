select lower(to_hex(md5(to_utf8("w"."name")))) as "value_1"
from "raw"."wide" as "w"
