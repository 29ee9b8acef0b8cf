#include <cstdio>
#include <cstdlib>

#include "tests/golden/cases.h"

namespace penstock::golden {
namespace {

using K = ir::TypeKind;

ir::Column column(const char* name, ir::Type type, bool nullable = true) { return {Identifier::exact(name), std::move(type), nullable}; }

}  // namespace

const ir::Columns& wide_columns() {
  static const ir::Columns kColumns{
      column("id", ir::Type::of(K::int64), false),
      column("flag", ir::Type::of(K::boolean)),
      column("other_flag", ir::Type::of(K::boolean)),
      column("small", ir::Type::of(K::int16)),
      column("number", ir::Type::of(K::int32)),
      column("other_number", ir::Type::of(K::int32)),
      column("big", ir::Type::of(K::int64)),
      column("price", ir::Type::decimal(12, 2)),
      column("rate", ir::Type::decimal(6, 4)),
      column("single", ir::Type::of(K::float32)),
      column("ratio", ir::Type::of(K::float64)),
      column("other_ratio", ir::Type::of(K::float64)),
      column("name", ir::Type::of(K::text)),
      column("other_name", ir::Type::of(K::text)),
      column("day", ir::Type::of(K::date)),
      column("other_day", ir::Type::of(K::date)),
      column("clock", ir::Type::of(K::time)),
      column("moment", ir::Type::of(K::timestamp)),
      column("other_moment", ir::Type::of(K::timestamp)),
      column("instant", ir::Type::of(K::timestamptz)),
      column("other_instant", ir::Type::of(K::timestamptz)),
      column("document", ir::Type::of(K::json)),
  };
  return kColumns;
}

ir::RelationPtr wide_table() {
  return ir::scan({{}, Identifier::exact("raw"), Identifier::exact("wide")}, wide_columns(), Identifier::exact("w"));
}

ir::ExpressionPtr wide(std::string_view name) {
  const ir::Columns& columns = wide_columns();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name.text() == name) return ir::column(static_cast<int>(i), columns[i].type, columns[i].nullable);
  }
  std::fprintf(stderr, "golden: the wide table has no column %.*s\n", static_cast<int>(name.size()), name.data());
  std::abort();
}

}  // namespace penstock::golden
