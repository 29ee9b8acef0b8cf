-- stage, may be repeated
create or replace table `mart`.`penstock_staged_pefbxwp3ij23_totals` as
select `totals`.`customer`, `totals`.`day`, `totals`.`total`
from `raw`.`totals` as `totals`;

-- check, may be repeated
with `totals_grouped` as (
  select `totals`.`customer`, `totals`.`day`, count(*) as `penstock_rows`
  from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `totals`
  group by `totals`.`customer`, `totals`.`day`
  having count(*) > 1
)
select 0 as `check_number`, count(*) as `failing_rows`
from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `totals`
where `totals`.`day` is null
union all
select 1 as `check_number`, count(*) as `failing_rows`
from `totals_grouped` as `totals`;

-- prepare, may be repeated
create table if not exists `mart`.`penstock_seen_bgxjnk5nglrd_totals` (
  `customer` string,
  `penstock_moment` date,
  `penstock_deleted` boolean
)
tblproperties ('delta.columnMapping.mode' = 'name', 'delta.enableTypeWidening' = 'true');

-- stage, may be repeated
create or replace table `mart`.`penstock_versions_pefbxwp3ij23_totals` as
with `combined` as (
  select
    `published`.`customer`,
    `published`.`day`,
    `published`.`total`,
    case when `v`.`penstock_side` = 1 then `published`.`valid_to` else `published`.`valid_from` end as `penstock_since`,
    case when `v`.`penstock_side` = 1 then 1 else 2 end as `penstock_priority`,
    case when `v`.`penstock_side` = 1 then 1 else 0 end as `penstock_deleted`
  from `mart`.`totals` as `published`
  cross join (
    select 0 as `penstock_side`
    union all select 1
  ) as `v`
  where exists (
      select 1
      from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
      where `published`.`customer` = `staged`.`customer`
    )
    and (`v`.`penstock_side` = 0 or `published`.`valid_to` is not null)
  union all
  select
    `seen`.`customer`,
    `seen`.`penstock_moment` as `day`,
    `published`.`total`,
    `seen`.`penstock_moment` as `penstock_since`,
    0 as `penstock_priority`,
    case when `seen`.`penstock_deleted` is true then 1 else 0 end as `penstock_deleted`
  from `mart`.`penstock_seen_bgxjnk5nglrd_totals` as `seen`
  left join `mart`.`totals` as `published` on `seen`.`penstock_deleted` is false and `seen`.`customer` = `published`.`customer` and `published`.`valid_from` <= `seen`.`penstock_moment` and (`published`.`valid_to` is null or `published`.`valid_to` > `seen`.`penstock_moment`)
  where exists (
      select 1
      from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
      where `seen`.`customer` = `staged`.`customer`
        and `staged`.`day` < `seen`.`penstock_moment`
    )
    and (`seen`.`penstock_deleted` is true or `published`.`valid_from` is not null)
  union all
  select
    `staged`.`customer`,
    `staged`.`day`,
    `staged`.`total`,
    `staged`.`day` as `penstock_since`,
    4 as `penstock_priority`,
    0 as `penstock_deleted`
  from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
),
`combined_windowed` as (
  select
    `combined`.`customer`,
    `combined`.`day`,
    `combined`.`total`,
    `combined`.`penstock_since`,
    `combined`.`penstock_priority`,
    `combined`.`penstock_deleted`,
    cast(row_number() over (partition by `combined`.`customer`, `combined`.`penstock_since` order by `combined`.`penstock_priority` desc nulls last) as bigint) as `penstock_place`
  from `combined`
),
`combined_windowed_2` as (
  select
    `combined`.`customer`,
    `combined`.`day`,
    `combined`.`total`,
    `combined`.`penstock_since`,
    `combined`.`penstock_priority`,
    `combined`.`penstock_deleted`,
    case when `combined`.`penstock_deleted` <> coalesce(lag(`combined`.`penstock_deleted`) over (partition by `combined`.`customer` order by `combined`.`penstock_since` nulls last), 1) or (`combined`.`penstock_deleted` = 0 and `combined`.`total` is distinct from lag(`combined`.`total`) over (partition by `combined`.`customer` order by `combined`.`penstock_since` nulls last)) then 1 else 0 end as `penstock_change`
  from `combined_windowed` as `combined`
  where `combined`.`penstock_place` = 1
)
select
  `combined`.`customer`,
  `combined`.`day`,
  cast(`combined`.`total` as decimal(38, 2)) as `total`,
  `combined`.`penstock_since` as `valid_from`,
  lead(`combined`.`penstock_since`) over (partition by `combined`.`customer`, `combined`.`penstock_change` order by `combined`.`penstock_since` nulls last) as `valid_to`,
  lead(`combined`.`penstock_since`) over (partition by `combined`.`customer`, `combined`.`penstock_change` order by `combined`.`penstock_since` nulls last) is null as `is_current`,
  case
    when `combined`.`penstock_change` = 1 and `combined`.`penstock_deleted` = 0 then 1
    when `combined`.`penstock_change` = 0 and `combined`.`penstock_priority` > 0 and `combined`.`penstock_deleted` = 0 then 2
    when `combined`.`penstock_change` = 0 and `combined`.`penstock_priority` > 0 then 3
    else 0
  end as `penstock_kind`
from `combined_windowed_2` as `combined`;

-- publish, may be repeated
merge into `mart`.`totals` as `t`
using (
  select
    `combined`.`customer`,
    `combined`.`day`,
    `combined`.`total`,
    `combined`.`valid_from`,
    `combined`.`valid_to`,
    `combined`.`is_current`,
    'I' as `penstock_action`,
    cast(null as string) as `penstock_key_1`
  from (
    select
      `combined`.`customer`,
      `combined`.`day`,
      `combined`.`total`,
      `combined`.`penstock_since` as `valid_from`,
      lead(`combined`.`penstock_since`) over (partition by `combined`.`customer`, `combined`.`penstock_change` order by `combined`.`penstock_since` nulls last) as `valid_to`,
      lead(`combined`.`penstock_since`) over (partition by `combined`.`customer`, `combined`.`penstock_change` order by `combined`.`penstock_since` nulls last) is null as `is_current`,
      case
        when `combined`.`penstock_change` = 1 and `combined`.`penstock_deleted` = 0 then 1
        when `combined`.`penstock_change` = 0 and `combined`.`penstock_priority` > 0 and `combined`.`penstock_deleted` = 0 then 2
        when `combined`.`penstock_change` = 0 and `combined`.`penstock_priority` > 0 then 3
        else 0
      end as `penstock_kind`
    from (
      select
        `combined`.`customer`,
        `combined`.`day`,
        `combined`.`total`,
        `combined`.`penstock_since`,
        `combined`.`penstock_priority`,
        `combined`.`penstock_deleted`,
        case when `combined`.`penstock_deleted` <> coalesce(lag(`combined`.`penstock_deleted`) over (partition by `combined`.`customer` order by `combined`.`penstock_since` nulls last), 1) or (`combined`.`penstock_deleted` = 0 and `combined`.`total` is distinct from lag(`combined`.`total`) over (partition by `combined`.`customer` order by `combined`.`penstock_since` nulls last)) then 1 else 0 end as `penstock_change`
      from (
        select
          `combined`.`customer`,
          `combined`.`day`,
          `combined`.`total`,
          `combined`.`penstock_since`,
          `combined`.`penstock_priority`,
          `combined`.`penstock_deleted`,
          cast(row_number() over (partition by `combined`.`customer`, `combined`.`penstock_since` order by `combined`.`penstock_priority` desc nulls last) as bigint) as `penstock_place`
        from (
          select
            `published`.`customer`,
            `published`.`day`,
            `published`.`total`,
            case when `v`.`penstock_side` = 1 then `published`.`valid_to` else `published`.`valid_from` end as `penstock_since`,
            case when `v`.`penstock_side` = 1 then 1 else 2 end as `penstock_priority`,
            case when `v`.`penstock_side` = 1 then 1 else 0 end as `penstock_deleted`
          from `mart`.`totals` as `published`
          cross join (
            select 0 as `penstock_side`
            union all select 1
          ) as `v`
          where exists (
              select 1
              from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
              where `published`.`customer` = `staged`.`customer`
            )
            and (`v`.`penstock_side` = 0 or `published`.`valid_to` is not null)
          union all
          select
            `seen`.`customer`,
            `seen`.`penstock_moment` as `day`,
            `published`.`total`,
            `seen`.`penstock_moment` as `penstock_since`,
            0 as `penstock_priority`,
            case when `seen`.`penstock_deleted` is true then 1 else 0 end as `penstock_deleted`
          from `mart`.`penstock_seen_bgxjnk5nglrd_totals` as `seen`
          left join `mart`.`totals` as `published` on `seen`.`penstock_deleted` is false and `seen`.`customer` = `published`.`customer` and `published`.`valid_from` <= `seen`.`penstock_moment` and (`published`.`valid_to` is null or `published`.`valid_to` > `seen`.`penstock_moment`)
          where exists (
              select 1
              from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
              where `seen`.`customer` = `staged`.`customer`
                and `staged`.`day` < `seen`.`penstock_moment`
            )
            and (`seen`.`penstock_deleted` is true or `published`.`valid_from` is not null)
          union all
          select
            `staged`.`customer`,
            `staged`.`day`,
            `staged`.`total`,
            `staged`.`day` as `penstock_since`,
            4 as `penstock_priority`,
            0 as `penstock_deleted`
          from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
        ) as `combined`
      ) as `combined`
      where `combined`.`penstock_place` = 1
    ) as `combined`
  ) as `combined`
  where `combined`.`penstock_kind` = 1
  union all
  select
    cast(null as string) as `customer`,
    cast(null as date) as `day`,
    cast(null as decimal(38, 2)) as `total`,
    cast(null as date) as `valid_from`,
    cast(null as date) as `valid_to`,
    cast(null as boolean) as `is_current`,
    'D' as `penstock_action`,
    `staged`.`customer` as `penstock_key_1`
  from (
    select distinct `staged`.`customer`
    from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
  ) as `staged`
) as `s` on `s`.`penstock_action` = 'D' and `t`.`customer` = `s`.`penstock_key_1`
when matched then
  delete
when not matched and `s`.`penstock_action` = 'I' then
  insert (`customer`, `day`, `total`, `valid_from`, `valid_to`, `is_current`)
  values (`s`.`customer`, `s`.`day`, `s`.`total`, `s`.`valid_from`, `s`.`valid_to`, `s`.`is_current`);

-- publish, may be repeated
merge into `mart`.`penstock_seen_bgxjnk5nglrd_totals` as `t`
using (
  select
    `staged`.`customer`,
    `staged`.`valid_from` as `penstock_moment`,
    `staged`.`penstock_kind` = 3 as `penstock_deleted`,
    'I' as `penstock_action`,
    cast(null as string) as `penstock_key_1`,
    cast(null as date) as `penstock_key_2`
  from `mart`.`penstock_versions_pefbxwp3ij23_totals` as `staged`
  where `staged`.`penstock_kind` = 2 or `staged`.`penstock_kind` = 3
  union all
  select
    cast(null as string) as `customer`,
    cast(null as date) as `penstock_moment`,
    cast(null as boolean) as `penstock_deleted`,
    'D' as `penstock_action`,
    `staged`.`customer` as `penstock_key_1`,
    `staged`.`penstock_moment` as `penstock_key_2`
  from (
    select distinct `staged`.`customer`, `staged`.`valid_from` as `penstock_moment`
    from `mart`.`penstock_versions_pefbxwp3ij23_totals` as `staged`
    where `staged`.`penstock_kind` = 2 or `staged`.`penstock_kind` = 3
  ) as `staged`
) as `s` on `s`.`penstock_action` = 'D' and `t`.`customer` = `s`.`penstock_key_1` and `t`.`penstock_moment` = `s`.`penstock_key_2`
when matched then
  delete
when not matched and `s`.`penstock_action` = 'I' then
  insert (`customer`, `penstock_moment`, `penstock_deleted`)
  values (`s`.`customer`, `s`.`penstock_moment`, `s`.`penstock_deleted`);

-- cleanup, may be repeated
drop table if exists `mart`.`penstock_staged_pefbxwp3ij23_totals`;

-- cleanup, may be repeated
drop table if exists `mart`.`penstock_versions_pefbxwp3ij23_totals`;
