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
  [total] decimal(38, 2),
  [valid_from] date,
  [valid_to] date,
  [is_current] bit
)
with (distribution = round_robin, clustered columnstore index);

-- stage, may be repeated
drop table if exists [mart].[penstock_staged_pefbxwp3ij23_totals];

create table [mart].[penstock_staged_pefbxwp3ij23_totals]
with (distribution = round_robin, clustered columnstore index)
as
select [totals].[customer], [totals].[day], [totals].[total]
from [raw].[totals] as [totals];

-- check, may be repeated
with [totals_grouped] as (
  select [totals].[customer], [totals].[day], count_big(*) as [penstock_rows]
  from [mart].[penstock_staged_pefbxwp3ij23_totals] as [totals]
  group by [totals].[customer], len([totals].[customer] + N'|'), [totals].[day]
  having count_big(*) > 1
)
select 0 as [check_number], count_big(*) as [failing_rows]
from [mart].[penstock_staged_pefbxwp3ij23_totals] as [totals]
where [totals].[day] is null
union all
select 1 as [check_number], count_big(*) as [failing_rows]
from [totals_grouped] as [totals];

-- stage, may be repeated
drop table if exists [mart].[penstock_versions_pefbxwp3ij23_totals];

create table [mart].[penstock_versions_pefbxwp3ij23_totals]
with (distribution = round_robin, clustered columnstore index)
as
with [staged_grouped] as (
  select [staged].[customer]
  from [mart].[penstock_staged_pefbxwp3ij23_totals] as [staged]
  group by [staged].[customer], len([staged].[customer] + N'|')
),
[combined] as (
  select
    [published].[customer],
    [published].[day],
    [published].[total],
    [published].[valid_from] as [penstock_since],
    0 as [penstock_priority]
  from [mart].[totals] as [published]
  where exists (
      select 1
      from [staged_grouped] as [staged]
      where ([published].[customer] = [staged].[customer] and len([published].[customer] + N'|') = len([staged].[customer] + N'|'))
    )
  union all
  select
    [staged].[customer],
    [staged].[day],
    [staged].[total],
    [staged].[day] as [penstock_since],
    1 as [penstock_priority]
  from [mart].[penstock_staged_pefbxwp3ij23_totals] as [staged]
),
[combined_windowed] as (
  select
    [combined].[customer],
    [combined].[day],
    [combined].[total],
    [combined].[penstock_since],
    [combined].[penstock_priority],
    row_number() over (partition by [combined].[customer], len([combined].[customer] + N'|'), [combined].[penstock_since] order by [combined].[penstock_priority] desc) as [penstock_place]
  from [combined]
),
[combined_windowed_2] as (
  select
    [combined].[customer],
    [combined].[day],
    [combined].[total],
    [combined].[penstock_since],
    row_number() over (partition by [combined].[customer], len([combined].[customer] + N'|') order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]) as [penstock_version],
    lag([combined].[total]) over (partition by [combined].[customer], len([combined].[customer] + N'|') order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]) as [penstock_before_1]
  from [combined_windowed] as [combined]
  where [combined].[penstock_place] = 1
)
select
  [combined].[customer],
  [combined].[day],
  cast([combined].[total] as decimal(38, 2)) as [total],
  [combined].[penstock_since] as [valid_from],
  lead([combined].[penstock_since]) over (partition by [combined].[customer], len([combined].[customer] + N'|') order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]) as [valid_to],
  cast(case when lead([combined].[penstock_since]) over (partition by [combined].[customer], len([combined].[customer] + N'|') order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]) is null then 1 else 0 end as bit) as [is_current]
from [combined_windowed_2] as [combined]
where [combined].[penstock_version] = 1 or case when [combined].[total] = [combined].[penstock_before_1] or ([combined].[total] is null and [combined].[penstock_before_1] is null) then 0 else 1 end = 1;

-- publish, in one transaction
insert into [mart].[penstock_ledger] ([token], [run_id], [step], [rows])
select
  N'pefbxwp3ij23ncqbluhyzqzr7ndvpdmr' as [token],
  N'run1' as [run_id],
  N'sales.totals' as [step],
  count_big(*) as [rows]
from [mart].[penstock_versions_pefbxwp3ij23_totals] as [staged];

delete [t] from [mart].[totals] as [t]
where exists (
  select 1
  from [mart].[penstock_versions_pefbxwp3ij23_totals] as [staged]
  where ([t].[customer] = [staged].[customer] and len([t].[customer] + N'|') = len([staged].[customer] + N'|'))
);

insert into [mart].[totals] ([customer], [day], [total], [valid_from], [valid_to], [is_current])
select
  [staged].[customer],
  [staged].[day],
  [staged].[total],
  [staged].[valid_from],
  [staged].[valid_to],
  [staged].[is_current]
from [mart].[penstock_versions_pefbxwp3ij23_totals] as [staged];

-- cleanup, may be repeated
drop table if exists [mart].[penstock_staged_pefbxwp3ij23_totals];

drop table if exists [mart].[penstock_versions_pefbxwp3ij23_totals];
