select
  substring([customer].[c_phone], 1, 2) as [cntrycode],
  count_big(*) as [numcust],
  sum([customer].[c_acctbal]) as [totacctbal]
from [tpch].[customer] as [customer]
where substring([customer].[c_phone], 1, 2) + N'|' in (N'13' + N'|', N'31' + N'|', N'23' + N'|', N'29' + N'|', N'30' + N'|', N'18' + N'|', N'17' + N'|')
  and [customer].[c_acctbal] > (
  select cast(round(cast(sum([customer_2].[c_acctbal]) as decimal(23, 2)) / cast(count_big([customer_2].[c_acctbal]) as decimal(19, 0)), 16) as decimal(38, 16)) as [avg]
  from [tpch].[customer] as [customer_2]
  where [customer_2].[c_acctbal] > 0.00
    and substring([customer_2].[c_phone], 1, 2) + N'|' in (N'13' + N'|', N'31' + N'|', N'23' + N'|', N'29' + N'|', N'30' + N'|', N'18' + N'|', N'17' + N'|')
)
  and not exists (
  select 1
  from [tpch].[orders] as [orders]
  where [orders].[o_custkey] = [customer].[c_custkey]
)
group by substring([customer].[c_phone], 1, 2), len(substring([customer].[c_phone], 1, 2) + N'|')
order by substring([customer].[c_phone], 1, 2), len(substring([customer].[c_phone], 1, 2) + N'|')
