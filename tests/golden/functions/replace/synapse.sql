select replace(cast([w].[name] as nvarchar(max)), [w].[other_name], [w].[other_name]) as [value_1]
from [raw].[wide] as [w]
