select case when "w"."name" = '' then 0 else codepoint(cast(substr("w"."name", 1, 1) as varchar(1))) end as "value_1"
from "raw"."wide" as "w"
