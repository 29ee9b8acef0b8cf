-- layout: partition [day]: the bounds of Synapse's partitions are written out beforehand; rows are put in order by day instead
-- layout: cluster [customer]: Synapse keeps rows together by the order of its columnstore, and no table is put in order by a column of type text here; nothing stands for it
-- from a query
create table [mart].[laid_out]
with (distribution = round_robin, clustered columnstore index order ([day]))
as
select
  [laid_out].[customer],
  [laid_out].[orders],
  [laid_out].[day],
  [laid_out].[moment],
  [laid_out].[instant],
  [laid_out].[ratio],
  [laid_out].[TheDay]
from [raw].[laid_out] as [laid_out];

-- by its columns
create table [mart].[laid_out] (
  [customer] nvarchar(4000),
  [orders] bigint,
  [day] date,
  [moment] datetime2(6),
  [instant] datetimeoffset(6),
  [ratio] float,
  [TheDay] date
)
with (distribution = round_robin, clustered columnstore index order ([day]));
