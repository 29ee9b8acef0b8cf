select
  left([w].[name] + replicate(cast(N' ' as nvarchar(max)), [w].[other_number]), [w].[other_number]) as [value_1],
  left([w].[name] + replicate(cast(N'0' as nvarchar(max)), [w].[other_number]), [w].[other_number]) as [value_2]
from [raw].[wide] as [w]
