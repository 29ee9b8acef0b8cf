select cast(datalength(cast([w].[name] as varchar(max))) as int) as [value_1]
from [raw].[wide] as [w]
