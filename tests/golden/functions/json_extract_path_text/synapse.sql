select json_value([w].[document], N'$."a"[0]') as [value_1]
from [raw].[wide] as [w]
