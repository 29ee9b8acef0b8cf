select replicate(cast([w].[name] as nvarchar(max)), case when [w].[other_number] < 0 then 0 else [w].[other_number] end) as [value_1]
from [raw].[wide] as [w]
