select lower(convert(varchar(32), hashbytes('MD5', cast([w].[name] as varchar(max))), 2)) as [value_1]
from [raw].[wide] as [w]
