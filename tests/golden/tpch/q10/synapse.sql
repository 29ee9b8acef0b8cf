select top (20)
  [customer].[c_custkey],
  [customer].[c_name],
  sum([lineitem].[l_extendedprice] * (1 - [lineitem].[l_discount])) as [revenue],
  [customer].[c_acctbal],
  [nation].[n_name],
  [customer].[c_address],
  [customer].[c_phone],
  [customer].[c_comment]
from [tpch].[customer] as [customer]
cross join [tpch].[orders] as [orders]
cross join [tpch].[lineitem] as [lineitem]
cross join [tpch].[nation] as [nation]
where [customer].[c_custkey] = [orders].[o_custkey]
  and [lineitem].[l_orderkey] = [orders].[o_orderkey]
  and [orders].[o_orderdate] >= cast(N'1993-10-01' as date)
  and [orders].[o_orderdate] < cast(N'1994-01-01' as date)
  and ([lineitem].[l_returnflag] = N'R' and len([lineitem].[l_returnflag] + N'|') = len(N'R' + N'|'))
  and [customer].[c_nationkey] = [nation].[n_nationkey]
group by
  [customer].[c_custkey],
  [customer].[c_name],
  len([customer].[c_name] + N'|'),
  [customer].[c_acctbal],
  [customer].[c_phone],
  len([customer].[c_phone] + N'|'),
  [nation].[n_name],
  len([nation].[n_name] + N'|'),
  [customer].[c_address],
  len([customer].[c_address] + N'|'),
  [customer].[c_comment],
  len([customer].[c_comment] + N'|')
order by case when sum([lineitem].[l_extendedprice] * (1 - [lineitem].[l_discount])) is null then 0 else 1 end, sum([lineitem].[l_extendedprice] * (1 - [lineitem].[l_discount])) desc
