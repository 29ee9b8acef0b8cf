create table [mart].[totals]
with (distribution = round_robin, clustered columnstore index)
as
select [w].[id], [w].[document]
from [raw].[wide] as [w]
