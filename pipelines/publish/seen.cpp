#include <utility>

#include "pipelines/publish/history.h"

namespace penstock::publish {
namespace {

ir::ExpressionPtr cast_to(ir::ExpressionPtr value, const ir::Type& type) {
  return type.is_unknown() || value->type.is_unknown() || value->type == type ? value : ir::cast(std::move(value), type);
}

/// A step like the one at hand that writes what was seen.
struct SeenStep {
  StepInput input;
  model::Publish publish;
};

void set_up(SeenStep& step, const StepInput& input, const SeenTable& seen) {
  step.input = input;
  step.input.target = seen.name;
  step.input.columns = seen.columns;
  step.input.checks.clear();
  step.input.facts = {};
  step.publish.mode = model::Publish::Mode::delete_insert;
  for (int i = 0; i <= seen.moment; ++i) step.publish.key.push_back({seen.columns[static_cast<std::size_t>(i)].name, {}});
  step.input.publish = &step.publish;
}

}  // namespace

bool closes_missing(const model::Publish& publish) { return publish.on_missing == model::Publish::Missing::close; }

Result<SeenTable> seen_table(const StepInput& input, const ir::Columns& wanted, const dialects::Capabilities& can) {
  const auto places = find_places(input);
  if (!places) return Failure(places.error());
  const auto column = [&](int place) { return wanted[static_cast<std::size_t>(place)]; };
  SeenTable seen;
  if (!closes_missing(*input.publish)) {
    for (const int place : places->key) {
      seen.columns.push_back({column(place).name, column(place).type, !is_never_null(input, column(place).name)});
    }
  }
  seen.moment = static_cast<int>(seen.columns.size());
  seen.columns.push_back({Identifier::exact("penstock_moment"), column(places->since).type, false});
  if (!closes_missing(*input.publish)) {
    seen.columns.push_back({Identifier::exact("penstock_deleted"), ir::Type::of(ir::TypeKind::boolean), false});
    for (const int place : places->untracked) seen.columns.push_back({column(place).name, column(place).type, true});
  }
  seen.name = {input.target.catalog, input.target.schema, seen_name(input.target, seen.columns, can)};
  return seen;
}

ir::RelationPtr seen_rows(const StepInput& input, const SeenTable& seen, const ir::RelationPtr& history) {
  const Places places = *find_places(input);
  std::vector<ir::NamedExpression> columns;
  const auto add = [&](int place) {
    const ir::Column& column = seen.columns[columns.size()];
    columns.push_back({column.name, cast_to(ir::column_of(*history, place), column.type)});
  };
  for (const int place : places.key) add(place);
  add(places.since);
  columns.push_back({seen.columns[columns.size()].name, is_deletion(*history)});
  for (const int place : places.untracked) add(place);
  return ir::project(repeats_in(history), std::move(columns));
}

ir::RelationPtr seen_like(const StepInput& input, const SeenTable& seen, const ir::RelationPtr& typed_by) {
  std::vector<ir::NamedExpression> columns;
  for (int i = 0; i < static_cast<int>(seen.columns.size()); ++i) {
    const ir::Column& column = seen.columns[static_cast<std::size_t>(i)];
    auto place = ir::find_column(typed_by->columns, column.name);
    if (i == seen.moment && input.publish->effective_at) place = ir::find_column(typed_by->columns, input.publish->effective_at->value);
    columns.push_back({column.name, place ? ir::column_of(*typed_by, *place) : ir::null_literal(column.type)});
  }
  return ir::project(typed_by, std::move(columns));
}

Result<std::vector<ir::Statement>> remember(const Layout& layout, const SeenTable& seen, const ir::RelationPtr& history) {
  SeenStep step;
  set_up(step, layout.input, seen);
  const Layout beside{step.input, layout.can, {}};
  Rows rows{nullptr, seen.columns};
  if (closes_missing(*layout.input.publish)) {
    const auto places = find_places(layout.input);
    const auto moment = since_when(layout.input, *places, rows);
    if (!moment) return Failure(moment.error());
    rows.rows = ir::values(seen.columns, {{cast_to(*moment, seen.columns.back().type)}});
  } else {
    rows.rows = seen_rows(layout.input, seen, history);
  }
  return replace_by_key(beside, rows, rows);
}

}  // namespace penstock::publish
