-- prepare, may be repeated
if object_id(N'[mart].[penstock_ledger]', N'U') is null
create table [mart].[penstock_ledger] (
  [token] nvarchar(64) not null,
  [run_id] nvarchar(4000),
  [step] nvarchar(4000),
  [rows] bigint
)
with (distribution = round_robin, clustered columnstore index);

-- prepare, may be repeated
if object_id(N'[mart].[totals]', N'U') is null
create table [mart].[totals] (
  [customer] nvarchar(4000),
  [day] date,
  [total] decimal(38, 2)
)
with (distribution = round_robin, clustered columnstore index);

-- stage, may be repeated
drop table if exists [mart].[penstock_staged_pefbxwp3ij23_totals];

create table [mart].[penstock_staged_pefbxwp3ij23_totals]
with (distribution = round_robin, clustered columnstore index)
as
select [totals].[customer], [totals].[day], [totals].[total]
from [raw].[totals] as [totals];

-- publish, in one transaction
delete [t] from [mart].[penstock_ledger] as [t]
where ([t].[token] = N'ni3w5z66mnibkxn2vic62gxv665tp6to' and len([t].[token] + N'|') = len(N'ni3w5z66mnibkxn2vic62gxv665tp6to' + N'|'));

insert into [mart].[penstock_ledger] ([token], [run_id], [step], [rows])
select [v].[token], [v].[run_id], [v].[step], [v].[rows]
from (
  select N'ni3w5z66mnibkxn2vic62gxv665tp6to' as [token], N'run1' as [run_id], N'sales.totals' as [step], cast(null as bigint) as [rows]
) as [v];

insert into [mart].[penstock_ledger] ([token], [run_id], [step], [rows])
select
  N'pefbxwp3ij23ncqbluhyzqzr7ndvpdmr' as [token],
  N'run1' as [run_id],
  N'sales.totals' as [step],
  count_big(*) as [rows]
from [mart].[penstock_staged_pefbxwp3ij23_totals] as [staged];

delete [t] from [mart].[totals] as [t]
where exists (
  select 1
  from [mart].[penstock_staged_pefbxwp3ij23_totals] as [staged]
  where ([t].[customer] = [staged].[customer] and len([t].[customer] + N'|') = len([staged].[customer] + N'|'))
);

insert into [mart].[totals] ([customer], [day], [total])
select [staged].[customer], [staged].[day], [staged].[total]
from [mart].[penstock_staged_pefbxwp3ij23_totals] as [staged];

-- cleanup, may be repeated
drop table if exists [mart].[penstock_staged_pefbxwp3ij23_totals];
