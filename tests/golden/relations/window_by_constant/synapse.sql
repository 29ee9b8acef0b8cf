select
  [orders].[amount],
  1 as [k],
  N'x' as [t],
  [orders].[order_id] as [id],
  rank() over (order by (select null)) as [place],
  count_big([orders].[amount]) over () as [running],
  count_big([orders].[amount]) over (order by (select null) rows between 1 preceding and current row) as [trailing],
  rank() over (order by [orders].[order_id] desc) as [place_by_id],
  count_big([orders].[amount]) over (order by [orders].[order_id] desc range between unbounded preceding and current row) as [running_by_id],
  count_big([orders].[amount]) over (order by [orders].[order_id] desc rows between 1 preceding and current row) as [trailing_by_id]
from [raw].[orders] as [orders]
