-- row_count: {min: 1, max: 100}
select count(*) as `row_count`
from `flights`
having count(*) < 1 or count(*) > 100
