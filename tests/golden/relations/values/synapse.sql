select [v].[code], [v].[rate], [v].[since]
from (
  select N'it''s \ "x"' as [code], 1.50 as [rate], cast(N'1970-01-01' as date) as [since]
  union all select N'b', cast(null as decimal(6, 2)), cast(null as date)
) as [v]
