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
if object_id(N'[mart].[penstock_seen_bgxjnk5nglrd_totals]', N'U') is null
create table [mart].[penstock_seen_bgxjnk5nglrd_totals] (
  [customer] nvarchar(4000),
  [penstock_moment] date,
  [penstock_deleted] bit
)
with (distribution = round_robin, clustered columnstore index);

delete from [mart].[penstock_seen_bgxjnk5nglrd_totals];

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
with [combined] as (
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
      from [mart].[penstock_staged_pefbxwp3ij23_totals] as [staged]
      where ([published].[customer] = [staged].[customer] and len([published].[customer] + N'|') = len([staged].[customer] + N'|'))
    )
    and ([v].[penstock_side] = 0 or [published].[valid_to] is not null)
  union all
  select
    [seen].[customer],
    [seen].[penstock_moment] as [day],
    [published].[total],
    [seen].[penstock_moment] as [penstock_since],
    0 as [penstock_priority],
    case when case when ([seen].[penstock_deleted] = 1) then 1 else 0 end = 1 then 1 else 0 end as [penstock_deleted]
  from [mart].[penstock_seen_bgxjnk5nglrd_totals] as [seen]
  left join [mart].[totals] as [published] on case when not ([seen].[penstock_deleted] = 1) then 1 else 0 end = 1 and ([seen].[customer] = [published].[customer] and len([seen].[customer] + N'|') = len([published].[customer] + N'|')) and [published].[valid_from] <= [seen].[penstock_moment] and ([published].[valid_to] is null or [published].[valid_to] > [seen].[penstock_moment])
  where exists (
      select 1
      from [mart].[penstock_staged_pefbxwp3ij23_totals] as [staged]
      where ([seen].[customer] = [staged].[customer] and len([seen].[customer] + N'|') = len([staged].[customer] + N'|'))
        and [staged].[day] < [seen].[penstock_moment]
    )
    and (case when ([seen].[penstock_deleted] = 1) then 1 else 0 end = 1 or [published].[valid_from] is not null)
  union all
  select
    [staged].[customer],
    [staged].[day],
    [staged].[total],
    [staged].[day] as [penstock_since],
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
  from [combined]
),
[combined_windowed_2] as (
  select
    [combined].[customer],
    [combined].[day],
    [combined].[total],
    [combined].[penstock_since],
    [combined].[penstock_priority],
    [combined].[penstock_deleted],
    case when [combined].[penstock_deleted] <> coalesce(lag([combined].[penstock_deleted]) over (partition by [combined].[customer], len([combined].[customer] + N'|') order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]), 1) or ([combined].[penstock_deleted] = 0 and case when [combined].[total] = lag([combined].[total]) over (partition by [combined].[customer], len([combined].[customer] + N'|') order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]) or ([combined].[total] is null and lag([combined].[total]) over (partition by [combined].[customer], len([combined].[customer] + N'|') order by case when [combined].[penstock_since] is null then 1 else 0 end, [combined].[penstock_since]) is null) then 0 else 1 end = 1) then 1 else 0 end as [penstock_change]
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
  case
    when [combined].[penstock_change] = 1 and [combined].[penstock_deleted] = 0 then 1
    when [combined].[penstock_change] = 0 and [combined].[penstock_priority] > 0 and [combined].[penstock_deleted] = 0 then 2
    when [combined].[penstock_change] = 0 and [combined].[penstock_priority] > 0 then 3
    else 0
  end as [penstock_kind]
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

delete [t] from [mart].[penstock_seen_bgxjnk5nglrd_totals] as [t]
where exists (
  select 1
  from [mart].[penstock_versions_pefbxwp3ij23_totals] as [staged]
  where ([staged].[penstock_kind] = 2 or [staged].[penstock_kind] = 3)
    and ([t].[customer] = [staged].[customer] and len([t].[customer] + N'|') = len([staged].[customer] + N'|'))
    and [t].[penstock_moment] = [staged].[valid_from]
);

insert into [mart].[penstock_seen_bgxjnk5nglrd_totals] (
  [customer],
  [penstock_moment],
  [penstock_deleted]
)
select
  [staged].[customer],
  [staged].[valid_from] as [penstock_moment],
  cast(case when [staged].[penstock_kind] = 3 then 1 else 0 end as bit) as [penstock_deleted]
from [mart].[penstock_versions_pefbxwp3ij23_totals] as [staged]
where [staged].[penstock_kind] = 2 or [staged].[penstock_kind] = 3;

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
