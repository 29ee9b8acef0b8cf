select
  cast(case when [w].[price] < 10 then 1 when not ([w].[price] < 10) then 0 end as bit) as [cheap],
  [w].[flag],
  cast(case when [w].[name] + N'|' in (N'a' + N'|', N'b ' + N'|') then 1 when not ([w].[name] + N'|' in (N'a' + N'|', N'b ' + N'|')) then 0 end as bit) as [known],
  cast(1 as bit) as [yes]
from [raw].[wide] as [w]
where [w].[flag] = 1 or ([w].[price] < 10 and not ([w].[flag] = 1))
