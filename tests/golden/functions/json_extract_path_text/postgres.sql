select case when jsonb_typeof(jsonb_extract_path(cast("w"."document" as jsonb), 'a', '0')) not in ('array', 'object') then jsonb_extract_path_text(cast("w"."document" as jsonb), 'a', '0') end as "value_1"
from "raw"."wide" as "w"
