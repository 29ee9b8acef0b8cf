merge into [mart].[totals] as [t]
using [mart].[totals__staged] as [s] on case when [t].[customer] = [s].[customer] and len([t].[customer] + N'|') = len([s].[customer] + N'|') or ([t].[customer] is null and [s].[customer] is null) then 0 else 1 end = 0
when matched and case when [t].[total] = [s].[total] or ([t].[total] is null and [s].[total] is null) then 0 else 1 end = 1 then
  update set
    [orders] = [s].[orders],
    [total] = [s].[total]
when not matched then
  insert ([customer], [orders], [total])
  values ([s].[customer], [s].[orders], [s].[total])
when not matched by source then
  delete;
