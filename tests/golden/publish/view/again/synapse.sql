-- publish, may be repeated
alter view [mart].[totals] as
select [totals].[customer], [totals].[day], [totals].[total]
from [raw].[totals] as [totals];
