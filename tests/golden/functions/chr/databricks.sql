select case when `w`.`number` not between 1 and 1114111 then raise_error('requested character not valid for encoding') when `w`.`number` < 65536 then decode(unhex(lpad(hex(`w`.`number`), 4, '0')), 'UTF-16BE') else decode(unhex(concat(hex(55232 + `w`.`number` div 1024), hex(56320 + `w`.`number` % 1024))), 'UTF-16BE') end as `value_1`
from `raw`.`wide` as `w`
