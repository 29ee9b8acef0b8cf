-- row_count: {min: 1, max: 100}
select count_big(*) as [row_count]
from [flights]
having count_big(*) < 1 or count_big(*) > 100
