select jsonb_extract_path_text(cast("w"."document" as jsonb), 'a', '0') as "value_1"
from "raw"."wide" as "w"
