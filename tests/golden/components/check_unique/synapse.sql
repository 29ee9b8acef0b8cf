-- unique: [origin, day]
select [flights].[origin], [flights].[day], count_big(*) as [rows_with_key]
from [flights]
where [flights].[origin] is not null
  and [flights].[day] is not null
group by [flights].[origin], len([flights].[origin] + N'|'), [flights].[day]
having count_big(*) > 1
