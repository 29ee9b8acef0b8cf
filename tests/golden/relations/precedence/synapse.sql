select
  ([w].[number] + [w].[other_number]) * -(-3) as [product],
  [w].[number] - ([w].[other_number] - [w].[number]) as [difference],
  cast(case when ([w].[flag] = 1 and [w].[other_flag] = 1) or not ([w].[flag] = 1 or cast(case when [w].[number] = [w].[other_number] then 1 when not ([w].[number] = [w].[other_number]) then 0 end as bit) is null) then 1 when not (([w].[flag] = 1 and [w].[other_flag] = 1) or not ([w].[flag] = 1 or cast(case when [w].[number] = [w].[other_number] then 1 when not ([w].[number] = [w].[other_number]) then 0 end as bit) is null)) then 0 end as bit) as [logic],
  cast(5 as bigint) as [wide_literal],
  cast(null as nvarchar(4000)) as [null_text]
from [raw].[wide] as [w]
