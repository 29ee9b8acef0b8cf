delete from `mart`.`totals` as `t`
where exists (
  select 1
  from `mart`.`totals__staged` as `totals__staged`
  where `totals__staged`.`customer` = `t`.`customer`
)
