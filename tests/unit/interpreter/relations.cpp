#include <algorithm>
#include <numeric>

#include "tests/unit/interpreter/evaluation.h"

namespace penstock::testing {
namespace {

using ir::Function;
using ir::Value;

struct RowLess {
  bool operator()(const Row& left, const Row& right) const {
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (const int difference = compare(left[i], right[i]); difference != 0) return difference < 0;
    }
    return false;
  }
};

/// Evaluates one relation below the rows of the operators around it.
class Evaluation {
 public:
  Evaluation(const Surroundings& around, const Interpreter& target) : around_(around), target_(target) {}

  Rows rows(const ir::Relation& relation) const {
    return std::visit([this](const auto& node) { return evaluate_node(node); }, relation.node);
  }

 private:
  Surroundings with(const Row& row) const {
    Surroundings inner = around_;
    inner.push_back(&row);
    return inner;
  }
  Value value(const ir::ExpressionPtr& expression, const Row& row) const { return evaluate(*expression, with(row), target_); }
  bool holds(const ir::ExpressionPtr& condition, const Row& row) const { return is_true(condition, with(row), target_); }

  Rows evaluate_node(const ir::Scan& node) const {
    const auto found = target_.tables.find(node.table);
    if (found == target_.tables.end()) not_understood(("the missing table " + to_string(node.table)).c_str());
    const Table& table = found->second;
    const Rows all = table.is_view ? rows(*table.query) : table.rows;
    Rows read;
    for (const Row& row : all) {
      Row picked;
      for (const ir::Column& column : node.columns) {
        const auto place = ir::find_column(table.columns, column.name);
        if (!place) not_understood(("the missing column " + column.name.text()).c_str());
        picked.push_back(row[static_cast<std::size_t>(*place)]);
      }
      read.push_back(std::move(picked));
    }
    return read;
  }

  Rows evaluate_node(const ir::Values& node) const {
    Rows made;
    for (const auto& expressions : node.rows) {
      Row row;
      for (const auto& expression : expressions) row.push_back(value(expression, {}));
      made.push_back(std::move(row));
    }
    return made;
  }

  Rows evaluate_node(const ir::Project& node) const {
    Rows made;
    for (const Row& row : rows(*node.input)) {
      Row projected;
      for (const auto& column : node.columns) projected.push_back(value(column.expression, row));
      made.push_back(std::move(projected));
    }
    return made;
  }

  Rows evaluate_node(const ir::Filter& node) const {
    Rows kept;
    for (Row& row : rows(*node.input)) {
      if (holds(node.predicate, row)) kept.push_back(std::move(row));
    }
    return kept;
  }

  Rows evaluate_node(const ir::Join& node) const {
    using Kind = ir::Join::Kind;
    const Rows left = rows(*node.left);
    const Rows right = rows(*node.right);
    std::vector<bool> right_met(right.size(), false);
    Rows made;
    for (const Row& row : left) {
      bool met = false;
      for (std::size_t i = 0; i < right.size(); ++i) {
        Row both = row;
        both.insert(both.end(), right[i].begin(), right[i].end());
        if (!holds(node.condition, both)) continue;
        met = true;
        right_met[i] = true;
        if (node.kind != Kind::semi && node.kind != Kind::anti) made.push_back(std::move(both));
      }
      if ((node.kind == Kind::semi && met) || (node.kind == Kind::anti && !met)) made.push_back(row);
      if (!met && (node.kind == Kind::left || node.kind == Kind::full)) {
        made.push_back(row);
        made.back().resize(row.size() + node.right->columns.size());
      }
    }
    for (std::size_t i = 0; i < right.size(); ++i) {
      if (right_met[i] || (node.kind != Kind::right && node.kind != Kind::full)) continue;
      Row row(node.left->columns.size());
      row.insert(row.end(), right[i].begin(), right[i].end());
      made.push_back(std::move(row));
    }
    return made;
  }

  Value aggregate(const ir::AggregateCall& call, const std::vector<const Row*>& group) const {
    std::vector<Value> values;
    for (const Row* row : group) {
      if (!holds(call.filter, *row)) continue;
      values.push_back(call.arguments.empty() ? Value(true) : value(call.arguments[0], *row));
    }
    if (call.function == Function::count_rows) return static_cast<std::int64_t>(values.size());
    values.erase(std::remove_if(values.begin(), values.end(), [](const Value& each) { return is_null(each); }), values.end());
    if (call.function == Function::count) return static_cast<std::int64_t>(values.size());
    if (values.empty()) return {};
    const auto less = [](const Value& a, const Value& b) { return compare(a, b) < 0; };
    if (call.function == Function::minimum) return *std::min_element(values.begin(), values.end(), less);
    if (call.function == Function::maximum) return *std::max_element(values.begin(), values.end(), less);
    if (call.function != Function::sum) not_understood("an aggregate");
    std::int64_t sum = 0;
    for (const Value& each : values) sum += std::get<std::int64_t>(each);
    return sum;
  }

  Rows evaluate_node(const ir::Aggregate& node) const {
    const Rows input = rows(*node.input);
    std::map<Row, std::vector<const Row*>, RowLess> groups;
    if (node.keys.empty()) groups[{}];
    for (const Row& row : input) {
      Row key;
      for (const auto& named : node.keys) key.push_back(value(named.expression, row));
      groups[key].push_back(&row);
    }
    Rows made;
    for (const auto& [key, group] : groups) {
      Row row = key;
      for (const auto& named : node.calls) row.push_back(aggregate(named.call, group));
      made.push_back(std::move(row));
    }
    return made;
  }

  // The places of one partition's rows, in order.
  void number(const ir::WindowCall& call, const std::vector<const Row*>& ordered, std::vector<Value>& results,
              const std::vector<std::size_t>& places) const {
    std::int64_t rank = 0;
    std::int64_t dense = 0;
    for (std::size_t i = 0; i < ordered.size(); ++i) {
      const bool tied = i > 0 && !comes_before(call.order_by, with(*ordered[i - 1]), with(*ordered[i]), target_);
      if (!tied) {
        rank = static_cast<std::int64_t>(i) + 1;
        ++dense;
      }
      Value& result = results[places[i]];
      switch (call.function) {
        case Function::row_number:
          result = static_cast<std::int64_t>(i) + 1;
          break;
        case Function::rank:
          result = rank;
          break;
        case Function::dense_rank:
          result = dense;
          break;
        case Function::lag:
          if (i > 0) result = value(call.arguments[0], *ordered[i - 1]);
          break;
        case Function::lead:
          if (i + 1 < ordered.size()) result = value(call.arguments[0], *ordered[i + 1]);
          break;
        default:
          not_understood("a window function");
      }
    }
  }

  std::vector<Value> windowed(const ir::WindowCall& call, const Rows& input) const {
    std::map<Row, std::vector<std::size_t>, RowLess> partitions;
    for (std::size_t i = 0; i < input.size(); ++i) {
      Row key;
      for (const auto& expression : call.partition_by) key.push_back(value(expression, input[i]));
      partitions[key].push_back(i);
    }
    std::vector<Value> results(input.size());
    for (auto& [key, places] : partitions) {
      std::stable_sort(places.begin(), places.end(),
                       [&](std::size_t a, std::size_t b) { return comes_before(call.order_by, with(input[a]), with(input[b]), target_); });
      std::vector<const Row*> ordered;
      for (const std::size_t place : places) ordered.push_back(&input[place]);
      number(call, ordered, results, places);
    }
    return results;
  }

  Rows evaluate_node(const ir::Window& node) const {
    const Rows input = rows(*node.input);
    Rows made = input;
    for (const auto& named : node.calls) {
      const auto results = windowed(named.call, input);
      for (std::size_t i = 0; i < made.size(); ++i) made[i].push_back(results[i]);
    }
    return made;
  }

  Rows evaluate_node(const ir::SetOperation& node) const {
    using Kind = ir::SetOperation::Kind;
    Rows made = rows(*node.inputs[0]);
    for (std::size_t i = 1; i < node.inputs.size(); ++i) {
      const Rows other = rows(*node.inputs[i]);
      if (node.kind == Kind::union_all || node.kind == Kind::union_distinct) {
        made.insert(made.end(), other.begin(), other.end());
        continue;
      }
      const bool keeps_common = node.kind == Kind::intersect_distinct;
      const auto is_in_other = [&](const Row& row) {
        return std::any_of(other.begin(), other.end(), [&](const Row& each) { return !RowLess()(row, each) && !RowLess()(each, row); });
      };
      made.erase(std::remove_if(made.begin(), made.end(), [&](const Row& row) { return is_in_other(row) != keeps_common; }), made.end());
    }
    return node.kind == Kind::union_all ? made : without_repeats(std::move(made));
  }

  static Rows without_repeats(Rows made) {
    std::sort(made.begin(), made.end(), RowLess());
    const auto equal = [](const Row& a, const Row& b) { return !RowLess()(a, b) && !RowLess()(b, a); };
    made.erase(std::unique(made.begin(), made.end(), equal), made.end());
    return made;
  }

  Rows evaluate_node(const ir::Distinct& node) const { return without_repeats(rows(*node.input)); }

  Rows evaluate_node(const ir::Sort& node) const {
    Rows made = rows(*node.input);
    std::stable_sort(made.begin(), made.end(),
                     [&](const Row& a, const Row& b) { return comes_before(node.keys, with(a), with(b), target_); });
    return made;
  }

  Rows evaluate_node(const ir::Limit& node) const {
    Rows made = rows(*node.input);
    if (node.count && made.size() > static_cast<std::size_t>(*node.count)) made.resize(static_cast<std::size_t>(*node.count));
    return made;
  }

  Rows evaluate_node(const ir::Common& node) const { return rows(*node.input); }
  Rows evaluate_node(const ir::Native&) const { not_understood("native SQL"); }

  const Surroundings& around_;
  const Interpreter& target_;
};

}  // namespace

bool comes_before(const std::vector<ir::SortKey>& keys, const Surroundings& left, const Surroundings& right, const Interpreter& target) {
  for (const ir::SortKey& key : keys) {
    const Value a = evaluate(*key.expression, left, target);
    const Value b = evaluate(*key.expression, right, target);
    if (is_null(a) != is_null(b)) return is_null(a) == key.nulls_first;
    if (const int difference = compare(a, b); difference != 0) return key.descending ? difference > 0 : difference < 0;
  }
  return false;
}

Rows evaluate(const ir::Relation& relation, const Surroundings& around, const Interpreter& target) {
  return Evaluation(around, target).rows(relation);
}

Rows Interpreter::evaluate(const ir::Relation& relation) const { return testing::evaluate(relation, {}, *this); }

}  // namespace penstock::testing
