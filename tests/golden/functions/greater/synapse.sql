select
  cast(case when ([w].[name] > [w].[other_name] or ([w].[name] = [w].[other_name] and len([w].[name] + N'|') > len([w].[other_name] + N'|'))) then 1 when not (([w].[name] > [w].[other_name] or ([w].[name] = [w].[other_name] and len([w].[name] + N'|') > len([w].[other_name] + N'|')))) then 0 end as bit) as [value_1],
  cast(case when [w].[number] > [w].[other_number] then 1 when not ([w].[number] > [w].[other_number]) then 0 end as bit) as [value_2],
  cast(case when [w].[moment] > [w].[other_moment] then 1 when not ([w].[moment] > [w].[other_moment]) then 0 end as bit) as [value_3],
  cast(case when [w].[flag] > [w].[other_flag] then 1 when not ([w].[flag] > [w].[other_flag]) then 0 end as bit) as [value_4]
from [raw].[wide] as [w]
