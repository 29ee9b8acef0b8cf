-- row_count: {min: 1, max: 100}
select count(*) as "ROW_COUNT"
from "FLIGHTS"
having count(*) < 1 or count(*) > 100
