#include "pipelines/components/uniqueness.h"

#include <algorithm>
#include <optional>

namespace penstock::components {
namespace {

using Indices = std::vector<int>;

bool holds(const Indices& columns, int index) { return std::find(columns.begin(), columns.end(), index) != columns.end(); }

bool holds_first(const Indices& columns, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!holds(columns, static_cast<int>(i))) return false;
  }
  return true;
}

std::optional<int> own_column(const ir::Expression& expression) {
  const auto* read = std::get_if<ir::ColumnRef>(&expression.node);
  if (!read || read->depth != 0) return std::nullopt;
  return read->column;
}

bool holds_all(const Indices& columns, const std::vector<ir::ExpressionPtr>& expressions) {
  return std::all_of(expressions.begin(), expressions.end(), [&columns](const ir::ExpressionPtr& expression) {
    const auto index = own_column(*expression);
    return index && holds(columns, *index);
  });
}

Indices below(const Indices& columns, std::size_t count) {
  Indices kept;
  for (const int index : columns) {
    if (static_cast<std::size_t>(index) < count) kept.push_back(index);
  }
  return kept;
}

const ir::WindowCall* row_number_at(const ir::Window& window, int index) {
  const auto place = index - static_cast<int>(window.input->columns.size());
  if (place < 0 || static_cast<std::size_t>(place) >= window.calls.size()) return nullptr;
  const ir::WindowCall& call = window.calls[static_cast<std::size_t>(place)].call;
  return call.function == ir::Function::row_number ? &call : nullptr;
}

// row_number() over (partition by k ...) = 1 leaves one row per k.
bool keeps_first_of_each(const ir::Filter& filter, const Indices& columns) {
  const auto* window = std::get_if<ir::Window>(&filter.input->node);
  const auto* equal = std::get_if<ir::Call>(&filter.predicate->node);
  if (!window || !equal || equal->function != ir::Function::equal) return false;
  const auto numbered = own_column(*equal->arguments[0]);
  const auto* one = std::get_if<ir::Literal>(&equal->arguments[1]->node);
  if (!numbered || !one || one->value != ir::Value(std::int64_t{1})) return false;
  const ir::WindowCall* call = row_number_at(*window, *numbered);
  return call && holds_all(columns, call->partition_by);
}

bool unique_in(const ir::Window& window, const Indices& columns) {
  for (const int index : columns) {
    const ir::WindowCall* call = row_number_at(window, index);
    if (call && holds_all(columns, call->partition_by)) return true;
  }
  return is_unique_on(*window.input, below(columns, window.input->columns.size()));
}

bool unique_in(const ir::Project& project, const Indices& columns) {
  Indices inner;
  for (const int index : columns) {
    if (const auto read = own_column(*project.columns[static_cast<std::size_t>(index)].expression)) inner.push_back(*read);
  }
  return is_unique_on(*project.input, inner);
}

void equal_columns(const ir::Expression& condition, int left_count, Indices& right) {
  const auto* call = std::get_if<ir::Call>(&condition.node);
  if (!call) return;
  if (call->function == ir::Function::logical_and) {
    for (const auto& argument : call->arguments) equal_columns(*argument, left_count, right);
  }
  if (call->function != ir::Function::equal) return;
  const auto first = own_column(*call->arguments[0]);
  const auto second = own_column(*call->arguments[1]);
  if (!first || !second || (*first < left_count) == (*second < left_count)) return;
  right.push_back(std::max(*first, *second) - left_count);
}

bool unique_in(const ir::Join& join, const Indices& columns) {
  const std::size_t left_count = join.left->columns.size();
  const Indices left = below(columns, left_count);
  if (!is_unique_on(*join.left, left)) return false;
  if (join.kind == ir::Join::Kind::semi || join.kind == ir::Join::Kind::anti) return true;
  Indices right;
  for (const int index : columns) {
    if (static_cast<std::size_t>(index) >= left_count) right.push_back(index - static_cast<int>(left_count));
  }
  const bool keeps_all_right = join.kind == ir::Join::Kind::right || join.kind == ir::Join::Kind::full;
  if (join.condition && !keeps_all_right) equal_columns(*join.condition, static_cast<int>(left_count), right);
  return is_unique_on(*join.right, right);
}

bool is_distinct_kind(ir::SetOperation::Kind kind) {
  using Kind = ir::SetOperation::Kind;
  return kind == Kind::union_distinct || kind == Kind::intersect_distinct || kind == Kind::except_distinct;
}

}  // namespace

bool is_unique_on(const ir::Relation& relation, const Indices& columns) {
  const bool holds_every_column = holds_first(columns, relation.columns.size());
  if (const auto* node = std::get_if<ir::Aggregate>(&relation.node)) return holds_first(columns, node->keys.size());
  if (const auto* node = std::get_if<ir::Distinct>(&relation.node)) return holds_every_column || is_unique_on(*node->input, columns);
  if (const auto* node = std::get_if<ir::SetOperation>(&relation.node)) return holds_every_column && is_distinct_kind(node->kind);
  if (const auto* node = std::get_if<ir::Filter>(&relation.node)) {
    return keeps_first_of_each(*node, columns) || is_unique_on(*node->input, columns);
  }
  if (const auto* node = std::get_if<ir::Sort>(&relation.node)) return is_unique_on(*node->input, columns);
  if (const auto* node = std::get_if<ir::Limit>(&relation.node)) return is_unique_on(*node->input, columns);
  if (const auto* node = std::get_if<ir::Common>(&relation.node)) return is_unique_on(*node->input, columns);
  if (const auto* node = std::get_if<ir::Window>(&relation.node)) return unique_in(*node, columns);
  if (const auto* node = std::get_if<ir::Project>(&relation.node)) return unique_in(*node, columns);
  if (const auto* node = std::get_if<ir::Join>(&relation.node)) return unique_in(*node, columns);
  if (const auto* node = std::get_if<ir::Values>(&relation.node)) return node->rows.size() <= 1;
  return false;
}

void warn_unless_total(const Input& input, const std::vector<int>& partition_by, const std::vector<ir::SortKey>& order, Span where,
                       Context& context) {
  Indices columns = partition_by;
  for (const ir::SortKey& key : order) {
    if (const auto index = own_column(*key.expression)) columns.push_back(*index);
  }
  if (holds_first(columns, input.relation->columns.size()) || is_unique_on(*input.relation, columns)) return;
  context.diagnostics.warning(Code::nondeterministic_order, where, "rows that tie in this order come in no fixed order", {},
                              "add columns until no two rows of a group are equal in all of them, such as the table's key");
}

}  // namespace penstock::components
