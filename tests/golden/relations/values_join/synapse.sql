select [customers].[customer], [customers].[state], [v].[code], [v].[rate], [v].[since]
from [raw].[customers] as [customers]
join (
  select N'it''s \ "x"' as [code], 1.50 as [rate], cast(N'1970-01-01' as date) as [since]
  union all select N'b', cast(null as decimal(6, 2)), cast(null as date)
) as [v] on ([customers].[customer] = [v].[code] and len([customers].[customer] + N'|') = len([v].[code] + N'|'))
