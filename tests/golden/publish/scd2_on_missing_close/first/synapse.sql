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
if object_id(N'[mart].[penstock_seen_7zi7v7doru7z_totals]', N'U') is null
create table [mart].[penstock_seen_7zi7v7doru7z_totals] (
  [penstock_moment] datetime2(6)
)
with (distribution = round_robin, clustered columnstore index);

delete from [mart].[penstock_seen_7zi7v7doru7z_totals];

-- prepare, may be repeated
if object_id(N'[mart].[totals]', N'U') is null
create table [mart].[totals] (
  [customer] nvarchar(4000),
  [day] date,
  [total] decimal(38, 2),
  [valid_from] datetime2(6),
  [valid_to] datetime2(6),
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
  select [totals].[customer], count_big(*) as [penstock_rows]
  from [mart].[penstock_staged_pefbxwp3ij23_totals] as [totals]
  group by [totals].[customer], len([totals].[customer] + N'|')
  having count_big(*) > 1
)
select 0 as [check_number], count_big(*) as [failing_rows]
from [totals_grouped] as [totals];

-- stage, may be repeated
drop table if exists [mart].[penstock_versions_pefbxwp3ij23_totals];

create table [mart].[penstock_versions_pefbxwp3ij23_totals]
with (distribution = round_robin, clustered columnstore index)
as
with [combined] as (
  select [staged].[customer]
  from [mart].[penstock_staged_pefbxwp3ij23_totals] as [staged]
  union all
  select [published].[customer]
  from [mart].[totals] as [published]
  where [published].[valid_from] <= cast(N'2001-01-01T00:00:00' as datetime2(6))
    and ([published].[valid_to] is null or [published].[valid_to] > cast(N'2001-01-01T00:00:00' as datetime2(6)))
),
[keys] as (
  select [combined].[customer]
  from [combined]
  group by [combined].[customer], len([combined].[customer] + N'|')
),
[seen_grouped] as (
  select min([seen].[penstock_moment]) as [penstock_next]
  from [mart].[penstock_seen_7zi7v7doru7z_totals] as [seen]
  where [seen].[penstock_moment] > cast(N'2001-01-01T00:00:00' as datetime2(6))
  having min([seen].[penstock_moment]) is not null
),
[combined_2] as (
  select
    [published].[customer],
    [published].[day],
    [published].[total],
    case when [v].[penstock_side] = 1 then [published].[valid_to] else [published].[valid_from] end as [penstock_since],
    case when [v].[penstock_side] = 1 then 1 else 2 end as [penstock_priority],
    case when [v].[penstock_side] = 1 then 1 else 0 end as [penstock_deleted]
  from [mart].[totals] as [published]
  cross join (
    select 0 as [penstock_side]
    union all select 1
  ) as [v]
  where exists (
      select 1
      from [keys]
      where ([published].[customer] = [keys].[customer] and len([published].[customer] + N'|') = len([keys].[customer] + N'|'))
    )
    and ([v].[penstock_side] = 0 or [published].[valid_to] is not null)
  union all
  select
    [keys].[customer],
    [published].[day],
    [published].[total],
    [seen].[penstock_next] as [penstock_since],
    0 as [penstock_priority],
    case when [published].[valid_from] is null then 1 else 0 end as [penstock_deleted]
  from [keys]
  cross join [seen_grouped] as [seen]
  left join [mart].[totals] as [published] on ([keys].[customer] = [published].[customer] and len([keys].[customer] + N'|') = len([published].[customer] + N'|')) and [published].[valid_from] <= [seen].[penstock_next] and ([published].[valid_to] is null or [published].[valid_to] > [seen].[penstock_next])
  union all
  select
    [keys].[customer],
    cast(null as date) as [day],
    cast(null as decimal(38, 2)) as [total],
    cast(N'2001-01-01T00:00:00' as datetime2(6)) as [penstock_since],
    3 as [penstock_priority],
    1 as [penstock_deleted]
  from [keys]
  union all
  select
    [staged].[customer],
    [staged].[day],
    [staged].[total],
    cast(N'2001-01-01T00:00:00' as datetime2(6)) as [penstock_since],
    4 as [penstock_priority],
    0 as [penstock_deleted]
  from [mart].[penstock_staged_pefbxwp3ij23_totals] as [staged]
),
[combined_windowed] as (
  select
    [combined].[customer],
    [combined].[day],
    [combined].[total],
    [combined].[penstock_since],
    [combined].[penstock_priority],
    [combined].[penstock_deleted],
    row_number() over (partition by [combined].[customer], len([combined].[customer] + N'|'), [combined].[penstock_since] order by [combined].[penstock_priority] desc) as [penstock_place]
  from [combined_2] as [combined]
),
[combined_windowed_2] as (
  select
    [combined].[customer],
    [combined].[day],
    [combined].[total],
    [combined].[penstock_since],
    [combined].[penstock_priority],
    [combined].[penstock_deleted],
    case when [combined].[penstock_deleted] <> coalesce(lag([combined].[penstock_deleted]) over (partition by [combined].[customer], len([combined].[customer] + N'|') order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]), 1) or ([combined].[penstock_deleted] = 0 and (case when [combined].[day] = lag([combined].[day]) over (partition by [combined].[customer], len([combined].[customer] + N'|') order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]) or ([combined].[day] is null and lag([combined].[day]) over (partition by [combined].[customer], len([combined].[customer] + N'|') order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]) is null) then 0 else 1 end = 1 or case when [combined].[total] = lag([combined].[total]) over (partition by [combined].[customer], len([combined].[customer] + N'|') order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]) or ([combined].[total] is null and lag([combined].[total]) over (partition by [combined].[customer], len([combined].[customer] + N'|') order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]) is null) then 0 else 1 end = 1)) then 1 else 0 end as [penstock_change]
  from [combined_windowed] as [combined]
  where [combined].[penstock_place] = 1
)
select
  [combined].[customer],
  [combined].[day],
  cast([combined].[total] as decimal(38, 2)) as [total],
  [combined].[penstock_since] as [valid_from],
  lead([combined].[penstock_since]) over (partition by [combined].[customer], len([combined].[customer] + N'|'), [combined].[penstock_change] order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]) as [valid_to],
  cast(case when lead([combined].[penstock_since]) over (partition by [combined].[customer], len([combined].[customer] + N'|'), [combined].[penstock_change] order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]) is null then 1 else 0 end as bit) as [is_current],
  case when [combined].[penstock_change] = 1 and [combined].[penstock_deleted] = 0 then 1 else 0 end as [penstock_kind]
from [combined_windowed_2] as [combined];

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
from [mart].[penstock_versions_pefbxwp3ij23_totals] as [staged]
where [staged].[penstock_kind] = 1;

delete [t] from [mart].[penstock_seen_7zi7v7doru7z_totals] as [t]
where exists (
  select 1
  from (
    select cast(N'2001-01-01T00:00:00' as datetime2(6)) as [penstock_moment]
  ) as [v]
  where [t].[penstock_moment] = [v].[penstock_moment]
);

insert into [mart].[penstock_seen_7zi7v7doru7z_totals] ([penstock_moment])
select [v].[penstock_moment]
from (
  select cast(N'2001-01-01T00:00:00' as datetime2(6)) as [penstock_moment]
) as [v];

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
from [mart].[penstock_versions_pefbxwp3ij23_totals] as [staged]
where [staged].[penstock_kind] = 1;

-- cleanup, may be repeated
drop table if exists [mart].[penstock_staged_pefbxwp3ij23_totals];

drop table if exists [mart].[penstock_versions_pefbxwp3ij23_totals];
