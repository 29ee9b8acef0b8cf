select cast(round(cast(sum([lineitem].[l_extendedprice]) as decimal(22, 2)) / cast(7.0 as decimal(15, 1)), 16) as decimal(38, 16)) as [avg_yearly]
from [tpch].[lineitem] as [lineitem]
cross join [tpch].[part] as [part]
where [part].[p_partkey] = [lineitem].[l_partkey]
  and ([part].[p_brand] = N'Brand#23' and len([part].[p_brand] + N'|') = len(N'Brand#23' + N'|'))
  and ([part].[p_container] = N'MED BOX' and len([part].[p_container] + N'|') = len(N'MED BOX' + N'|'))
  and [lineitem].[l_quantity] < (
  select 0.2 * cast(cast(round(cast(sum([lineitem_2].[l_quantity]) as decimal(23, 2)) / cast(count_big([lineitem_2].[l_quantity]) as decimal(19, 0)), 16) as decimal(38, 16)) as decimal(36, 16)) as [column1]
  from [tpch].[lineitem] as [lineitem_2]
  where [lineitem_2].[l_partkey] = [part].[p_partkey]
)
