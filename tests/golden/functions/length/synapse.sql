select len([w].[name] + N'|') - 1 as [value_1]
from [raw].[wide] as [w]
