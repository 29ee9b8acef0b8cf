-- stage, may be repeated
drop table if exists [mart].[penstock_staged_pefbxwp3ij23_totals];

create table [mart].[penstock_staged_pefbxwp3ij23_totals]
with (distribution = round_robin, clustered columnstore index)
as
select [totals].[customer], [totals].[day], [totals].[total]
from [raw].[totals] as [totals];

-- publish, in one transaction
insert into [mart].[penstock_ledger] ([token], [run_id], [step], [rows])
select
  N'pefbxwp3ij23ncqbluhyzqzr7ndvpdmr' as [token],
  N'run1' as [run_id],
  N'sales.totals' as [step],
  count_big(*) as [rows]
from [mart].[penstock_staged_pefbxwp3ij23_totals] as [staged];

delete from [mart].[totals];

insert into [mart].[totals] ([customer], [day], [total])
select [staged].[customer], [staged].[day], [staged].[total]
from [mart].[penstock_staged_pefbxwp3ij23_totals] as [staged];

-- cleanup, may be repeated
drop table if exists [mart].[penstock_staged_pefbxwp3ij23_totals];
