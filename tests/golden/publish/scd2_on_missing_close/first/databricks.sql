-- prepare, may be repeated
create table if not exists `mart`.`penstock_seen_7zi7v7doru7z_totals` (
  `penstock_moment` timestamp_ntz
)
tblproperties ('delta.columnMapping.mode' = 'name', 'delta.enableTypeWidening' = 'true');

-- prepare, may be repeated
delete from `mart`.`penstock_seen_7zi7v7doru7z_totals`;

-- prepare, may be repeated
create table if not exists `mart`.`totals` (
  `customer` string,
  `day` date,
  `total` decimal(38, 2),
  `valid_from` timestamp_ntz,
  `valid_to` timestamp_ntz,
  `is_current` boolean
)
tblproperties ('delta.columnMapping.mode' = 'name', 'delta.enableTypeWidening' = 'true');

-- stage, may be repeated
create or replace table `mart`.`penstock_staged_pefbxwp3ij23_totals` as
select `totals`.`customer`, `totals`.`day`, `totals`.`total`
from `raw`.`totals` as `totals`;

-- check, may be repeated
with `totals_grouped` as (
  select `totals`.`customer`, count(*) as `penstock_rows`
  from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `totals`
  group by `totals`.`customer`
  having count(*) > 1
)
select 0 as `check_number`, count(*) as `failing_rows`
from `totals_grouped` as `totals`;

-- stage, may be repeated
create or replace table `mart`.`penstock_versions_pefbxwp3ij23_totals` as
with `keys` as (
  select `staged`.`customer`
  from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
  union
  select `published`.`customer`
  from `mart`.`totals` as `published`
  where `published`.`valid_from` <= timestamp_ntz '2001-01-01 00:00:00'
    and (`published`.`valid_to` is null or `published`.`valid_to` > timestamp_ntz '2001-01-01 00:00:00')
),
`seen_grouped` as (
  select min(`seen`.`penstock_moment`) as `penstock_next`
  from `mart`.`penstock_seen_7zi7v7doru7z_totals` as `seen`
  where `seen`.`penstock_moment` > timestamp_ntz '2001-01-01 00:00:00'
  having min(`seen`.`penstock_moment`) is not null
),
`combined` as (
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
      from `keys`
      where `published`.`customer` = `keys`.`customer`
    )
    and (`v`.`penstock_side` = 0 or `published`.`valid_to` is not null)
  union all
  select
    `keys`.`customer`,
    `published`.`day`,
    `published`.`total`,
    `seen`.`penstock_next` as `penstock_since`,
    0 as `penstock_priority`,
    case when `published`.`valid_from` is null then 1 else 0 end as `penstock_deleted`
  from `keys`
  cross join `seen_grouped` as `seen`
  left join `mart`.`totals` as `published` on `keys`.`customer` = `published`.`customer` and `published`.`valid_from` <= `seen`.`penstock_next` and (`published`.`valid_to` is null or `published`.`valid_to` > `seen`.`penstock_next`)
  union all
  select
    `keys`.`customer`,
    cast(null as date) as `day`,
    cast(null as decimal(38, 2)) as `total`,
    timestamp_ntz '2001-01-01 00:00:00' as `penstock_since`,
    3 as `penstock_priority`,
    1 as `penstock_deleted`
  from `keys`
  union all
  select
    `staged`.`customer`,
    `staged`.`day`,
    `staged`.`total`,
    timestamp_ntz '2001-01-01 00:00:00' as `penstock_since`,
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
    case when `combined`.`penstock_deleted` <> coalesce(lag(`combined`.`penstock_deleted`) over (partition by `combined`.`customer` order by `combined`.`penstock_since` nulls last), 1) or (`combined`.`penstock_deleted` = 0 and (`combined`.`day` is distinct from lag(`combined`.`day`) over (partition by `combined`.`customer` order by `combined`.`penstock_since` nulls last) or `combined`.`total` is distinct from lag(`combined`.`total`) over (partition by `combined`.`customer` order by `combined`.`penstock_since` nulls last))) then 1 else 0 end as `penstock_change`
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
  case when `combined`.`penstock_change` = 1 and `combined`.`penstock_deleted` = 0 then 1 else 0 end as `penstock_kind`
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
      case when `combined`.`penstock_change` = 1 and `combined`.`penstock_deleted` = 0 then 1 else 0 end as `penstock_kind`
    from (
      select
        `combined`.`customer`,
        `combined`.`day`,
        `combined`.`total`,
        `combined`.`penstock_since`,
        `combined`.`penstock_priority`,
        `combined`.`penstock_deleted`,
        case when `combined`.`penstock_deleted` <> coalesce(lag(`combined`.`penstock_deleted`) over (partition by `combined`.`customer` order by `combined`.`penstock_since` nulls last), 1) or (`combined`.`penstock_deleted` = 0 and (`combined`.`day` is distinct from lag(`combined`.`day`) over (partition by `combined`.`customer` order by `combined`.`penstock_since` nulls last) or `combined`.`total` is distinct from lag(`combined`.`total`) over (partition by `combined`.`customer` order by `combined`.`penstock_since` nulls last))) then 1 else 0 end as `penstock_change`
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
              from (
                select `staged`.`customer`
                from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
                union
                select `published_2`.`customer`
                from `mart`.`totals` as `published_2`
                where `published_2`.`valid_from` <= timestamp_ntz '2001-01-01 00:00:00'
                  and (`published_2`.`valid_to` is null or `published_2`.`valid_to` > timestamp_ntz '2001-01-01 00:00:00')
              ) as `keys`
              where `published`.`customer` = `keys`.`customer`
            )
            and (`v`.`penstock_side` = 0 or `published`.`valid_to` is not null)
          union all
          select
            `keys`.`customer`,
            `published`.`day`,
            `published`.`total`,
            `seen`.`penstock_next` as `penstock_since`,
            0 as `penstock_priority`,
            case when `published`.`valid_from` is null then 1 else 0 end as `penstock_deleted`
          from (
            select `staged`.`customer`
            from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
            union
            select `published`.`customer`
            from `mart`.`totals` as `published`
            where `published`.`valid_from` <= timestamp_ntz '2001-01-01 00:00:00'
              and (`published`.`valid_to` is null or `published`.`valid_to` > timestamp_ntz '2001-01-01 00:00:00')
          ) as `keys`
          cross join (
            select min(`seen`.`penstock_moment`) as `penstock_next`
            from `mart`.`penstock_seen_7zi7v7doru7z_totals` as `seen`
            where `seen`.`penstock_moment` > timestamp_ntz '2001-01-01 00:00:00'
            having min(`seen`.`penstock_moment`) is not null
          ) as `seen`
          left join `mart`.`totals` as `published` on `keys`.`customer` = `published`.`customer` and `published`.`valid_from` <= `seen`.`penstock_next` and (`published`.`valid_to` is null or `published`.`valid_to` > `seen`.`penstock_next`)
          union all
          select
            `keys`.`customer`,
            cast(null as date) as `day`,
            cast(null as decimal(38, 2)) as `total`,
            timestamp_ntz '2001-01-01 00:00:00' as `penstock_since`,
            3 as `penstock_priority`,
            1 as `penstock_deleted`
          from (
            select `staged`.`customer`
            from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
            union
            select `published`.`customer`
            from `mart`.`totals` as `published`
            where `published`.`valid_from` <= timestamp_ntz '2001-01-01 00:00:00'
              and (`published`.`valid_to` is null or `published`.`valid_to` > timestamp_ntz '2001-01-01 00:00:00')
          ) as `keys`
          union all
          select
            `staged`.`customer`,
            `staged`.`day`,
            `staged`.`total`,
            timestamp_ntz '2001-01-01 00:00:00' as `penstock_since`,
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
    cast(null as timestamp_ntz) as `valid_from`,
    cast(null as timestamp_ntz) as `valid_to`,
    cast(null as boolean) as `is_current`,
    'D' as `penstock_action`,
    `combined`.`customer` as `penstock_key_1`
  from (
    select distinct `combined`.`customer`
    from (
      select
        `combined`.`customer`,
        `combined`.`day`,
        `combined`.`total`,
        `combined`.`penstock_since`,
        `combined`.`penstock_priority`,
        `combined`.`penstock_deleted`,
        case when `combined`.`penstock_deleted` <> coalesce(lag(`combined`.`penstock_deleted`) over (partition by `combined`.`customer` order by `combined`.`penstock_since` nulls last), 1) or (`combined`.`penstock_deleted` = 0 and (`combined`.`day` is distinct from lag(`combined`.`day`) over (partition by `combined`.`customer` order by `combined`.`penstock_since` nulls last) or `combined`.`total` is distinct from lag(`combined`.`total`) over (partition by `combined`.`customer` order by `combined`.`penstock_since` nulls last))) then 1 else 0 end as `penstock_change`
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
              from (
                select `staged`.`customer`
                from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
                union
                select `published_2`.`customer`
                from `mart`.`totals` as `published_2`
                where `published_2`.`valid_from` <= timestamp_ntz '2001-01-01 00:00:00'
                  and (`published_2`.`valid_to` is null or `published_2`.`valid_to` > timestamp_ntz '2001-01-01 00:00:00')
              ) as `keys`
              where `published`.`customer` = `keys`.`customer`
            )
            and (`v`.`penstock_side` = 0 or `published`.`valid_to` is not null)
          union all
          select
            `keys`.`customer`,
            `published`.`day`,
            `published`.`total`,
            `seen`.`penstock_next` as `penstock_since`,
            0 as `penstock_priority`,
            case when `published`.`valid_from` is null then 1 else 0 end as `penstock_deleted`
          from (
            select `staged`.`customer`
            from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
            union
            select `published`.`customer`
            from `mart`.`totals` as `published`
            where `published`.`valid_from` <= timestamp_ntz '2001-01-01 00:00:00'
              and (`published`.`valid_to` is null or `published`.`valid_to` > timestamp_ntz '2001-01-01 00:00:00')
          ) as `keys`
          cross join (
            select min(`seen`.`penstock_moment`) as `penstock_next`
            from `mart`.`penstock_seen_7zi7v7doru7z_totals` as `seen`
            where `seen`.`penstock_moment` > timestamp_ntz '2001-01-01 00:00:00'
            having min(`seen`.`penstock_moment`) is not null
          ) as `seen`
          left join `mart`.`totals` as `published` on `keys`.`customer` = `published`.`customer` and `published`.`valid_from` <= `seen`.`penstock_next` and (`published`.`valid_to` is null or `published`.`valid_to` > `seen`.`penstock_next`)
          union all
          select
            `keys`.`customer`,
            cast(null as date) as `day`,
            cast(null as decimal(38, 2)) as `total`,
            timestamp_ntz '2001-01-01 00:00:00' as `penstock_since`,
            3 as `penstock_priority`,
            1 as `penstock_deleted`
          from (
            select `staged`.`customer`
            from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
            union
            select `published`.`customer`
            from `mart`.`totals` as `published`
            where `published`.`valid_from` <= timestamp_ntz '2001-01-01 00:00:00'
              and (`published`.`valid_to` is null or `published`.`valid_to` > timestamp_ntz '2001-01-01 00:00:00')
          ) as `keys`
          union all
          select
            `staged`.`customer`,
            `staged`.`day`,
            `staged`.`total`,
            timestamp_ntz '2001-01-01 00:00:00' as `penstock_since`,
            4 as `penstock_priority`,
            0 as `penstock_deleted`
          from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
        ) as `combined`
      ) as `combined`
      where `combined`.`penstock_place` = 1
    ) as `combined`
  ) as `combined`
) as `s` on `s`.`penstock_action` = 'D' and `t`.`customer` = `s`.`penstock_key_1`
when matched then
  delete
when not matched and `s`.`penstock_action` = 'I' then
  insert (`customer`, `day`, `total`, `valid_from`, `valid_to`, `is_current`)
  values (`s`.`customer`, `s`.`day`, `s`.`total`, `s`.`valid_from`, `s`.`valid_to`, `s`.`is_current`);

-- publish, may be repeated
merge into `mart`.`penstock_seen_7zi7v7doru7z_totals` as `t`
using (
  select
    `v`.`penstock_moment`,
    'I' as `penstock_action`,
    cast(null as timestamp_ntz) as `penstock_key_1`
  from (
    select timestamp_ntz '2001-01-01 00:00:00' as `penstock_moment`
  ) as `v`
  union all
  select
    cast(null as timestamp_ntz) as `penstock_moment`,
    'D' as `penstock_action`,
    `v`.`penstock_moment` as `penstock_key_1`
  from (
    select distinct `v`.`penstock_moment`
    from (
      select timestamp_ntz '2001-01-01 00:00:00' as `penstock_moment`
    ) as `v`
  ) as `v`
) as `s` on `s`.`penstock_action` = 'D' and `t`.`penstock_moment` = `s`.`penstock_key_1`
when matched then
  delete
when not matched and `s`.`penstock_action` = 'I' then
  insert (`penstock_moment`)
  values (`s`.`penstock_moment`);

-- cleanup, may be repeated
drop table if exists `mart`.`penstock_staged_pefbxwp3ij23_totals`;

-- cleanup, may be repeated
drop table if exists `mart`.`penstock_versions_pefbxwp3ij23_totals`;
