select
  [orders].[order_id],
  cast(N'#' as nvarchar(max)) + cast([orders].[amount] * 1.19 as nvarchar(4000)) as [label],
  cast(round(cast([orders].[amount] * 1.19 as decimal(16, 4)), 1) as decimal(13, 1)) as [rounded]
from [raw].[orders] as [orders]
where cast(round(cast([orders].[amount] * 1.19 as decimal(16, 4)), 1) as decimal(13, 1)) is not null
