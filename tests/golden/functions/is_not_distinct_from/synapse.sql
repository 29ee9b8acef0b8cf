select
  cast(case when case when [w].[name] = [w].[other_name] and len([w].[name] + N'|') = len([w].[other_name] + N'|') or ([w].[name] is null and [w].[other_name] is null) then 0 else 1 end = 0 then 1 else 0 end as bit) as [value_1],
  cast(case when case when [w].[number] = [w].[other_number] or ([w].[number] is null and [w].[other_number] is null) then 0 else 1 end = 0 then 1 else 0 end as bit) as [value_2],
  cast(case when case when [w].[moment] = [w].[other_moment] or ([w].[moment] is null and [w].[other_moment] is null) then 0 else 1 end = 0 then 1 else 0 end as bit) as [value_3],
  cast(case when case when [w].[flag] = [w].[other_flag] or ([w].[flag] is null and [w].[other_flag] is null) then 0 else 1 end = 0 then 1 else 0 end as bit) as [value_4]
from [raw].[wide] as [w]
