#include "pipelines/ir/describe.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

namespace penstock::ir {
namespace {

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("''") : std::string(1, c);
  return result + "'";
}

std::string shortest(double number) {
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() ? std::string(digits.data(), end) : std::string("?");
}

std::string shown(const Value& value, const Type& type) {
  struct Printer {
    const Type& type;
    std::string operator()(std::monostate) const { return "null::" + to_string(type); }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
    std::string operator()(std::int64_t number) const {
      return std::to_string(number) + (type.kind == TypeKind::int32 ? "" : "::" + to_string(type));
    }
    std::string operator()(double number) const { return shortest(number) + "::" + to_string(type); }
    std::string operator()(const DecimalText& number) const { return number.digits + "::" + to_string(type); }
    std::string operator()(const std::string& text) const {
      return type.kind == TypeKind::text ? quoted(text) : to_string(type) + " " + quoted(text);
    }
    std::string operator()(DateValue day) const { return "date '" + to_string(day) + "'"; }
    std::string operator()(TimeValue time) const { return "time '" + to_string(time) + "'"; }
    std::string operator()(TimestampValue moment) const { return to_string(type) + " '" + to_string(moment) + "'"; }
    std::string operator()(IntervalValue span) const { return "interval '" + to_string(span) + "'"; }
  };
  return std::visit(Printer{type}, value);
}

bool is_symbol(std::string_view name) { return name.find_first_not_of("+-*/%<>=!|") == std::string_view::npos; }

std::string_view written_name(Function function) {
  switch (function) {
    case Function::divide_decimals:
      return "/decimal";
    case Function::divide_floats:
      return "/float";
    case Function::logical_and:
      return "and";
    case Function::logical_or:
      return "or";
    default:
      return spec(function).name;
  }
}

bool is_infix(Function function, std::size_t arguments) {
  if (function == Function::logical_and || function == Function::logical_or) return true;
  const bool words = function == Function::is_distinct_from || function == Function::is_not_distinct_from;
  return arguments == 2 && (words || is_symbol(spec(function).name));
}

class Describer {
 public:
  std::string relation(const Relation& node, int indent) {
    std::visit([&](const auto& one) { describe_node(one, node, indent); }, node.node);
    return std::move(text_);
  }

  std::string expression(const Expression& expression, const Columns& columns) {
    levels_.push_back(&columns);
    std::string result = show(expression);
    levels_.pop_back();
    text_ += subqueries_;
    return result + std::exchange(subqueries_, {});
  }

 private:
  void line(int indent, const std::string& text) {
    text_ += std::string(static_cast<std::size_t>(2 * indent), ' ') + text + "\n" + std::exchange(subqueries_, {});
  }

  void below(const RelationPtr& input, int indent) {
    std::visit([&](const auto& one) { describe_node(one, *input, indent + 1); }, input->node);
  }

  // The expressions of an operator see the columns of its input.
  template <typename Build>
  void line_over(const Columns& columns, int indent, const Build& build) {
    levels_.push_back(&columns);
    indents_.push_back(indent);
    const std::string text = build();
    indents_.pop_back();
    levels_.pop_back();
    line(indent, text);
  }

  void describe_node(const Scan& node, const Relation&, int indent) {
    std::string text = "scan " + to_string(node.table);
    if (!node.alias.empty()) text += " as " + node.alias.text();
    line(indent, text + " (" + describe(node.columns) + ")");
  }
  void describe_node(const Native& node, const Relation&, int indent) {
    const Columns none;
    line_over(none, indent, [&] {
      std::string text = "native " + quoted(node.texts.front());
      for (std::size_t i = 0; i < node.values.size(); ++i) text += " " + show(*node.values[i]) + " " + quoted(node.texts[i + 1]);
      text += " (" + describe(node.columns) + ")";
      for (const TableName& table : node.reads) text += " reads " + to_string(table);
      return text;
    });
  }
  void describe_node(const Values& node, const Relation&, int indent) {
    const Columns none;
    line_over(none, indent, [&] {
      std::string text = "values (" + describe(node.columns) + ")";
      for (const auto& row : node.rows) text += " (" + list(row) + ")";
      return text;
    });
  }
  void describe_node(const Project& node, const Relation&, int indent) {
    line_over(node.input->columns, indent, [&] {
      std::string text = "project";
      for (std::size_t i = 0; i < node.columns.size(); ++i) text += (i == 0 ? " " : ", ") + named(node.columns[i], true);
      return text;
    });
    below(node.input, indent);
  }
  void describe_node(const Filter& node, const Relation&, int indent) {
    line_over(node.input->columns, indent, [&] { return "filter " + show(*node.predicate); });
    below(node.input, indent);
  }
  void describe_node(const Join& node, const Relation&, int indent) {
    constexpr std::array<std::string_view, 7> kKinds{"inner", "left", "right", "full", "cross", "semi", "anti"};
    Columns both = node.left->columns;
    both.append(node.right->columns);
    line_over(both, indent, [&] {
      return std::string(kKinds[static_cast<std::size_t>(node.kind)]) + " join" +
             (node.condition ? " on " + show(*node.condition) : std::string());
    });
    below(node.left, indent);
    below(node.right, indent);
  }
  void describe_node(const Aggregate& node, const Relation&, int indent) {
    line_over(node.input->columns, indent, [&] {
      std::string text = "aggregate";
      for (std::size_t i = 0; i < node.keys.size(); ++i) text += (i == 0 ? " by " : ", ") + named(node.keys[i], false);
      for (std::size_t i = 0; i < node.calls.size(); ++i) {
        text += (i > 0 ? ", " : node.keys.empty() ? " " : "; ") + node.calls[i].name.text() + " = " + show(node.calls[i].call);
      }
      return text;
    });
    below(node.input, indent);
  }
  void describe_node(const Window& node, const Relation&, int indent) {
    line_over(node.input->columns, indent, [&] {
      std::string text = "window";
      for (std::size_t i = 0; i < node.calls.size(); ++i)
        text += (i == 0 ? " " : ", ") + node.calls[i].name.text() + " = " + show(node.calls[i].call);
      return text;
    });
    below(node.input, indent);
  }
  void describe_node(const SetOperation& node, const Relation&, int indent) {
    constexpr std::array<std::string_view, 6> kKinds{"union all", "union", "intersect all", "intersect", "except all", "except"};
    line(indent, std::string(kKinds[static_cast<std::size_t>(node.kind)]) + " (" + describe(node.columns) + ")");
    for (const RelationPtr& input : node.inputs) below(input, indent);
  }
  void describe_node(const Distinct& node, const Relation&, int indent) {
    line(indent, "distinct");
    below(node.input, indent);
  }
  void describe_node(const Sort& node, const Relation&, int indent) {
    line_over(node.input->columns, indent, [&] { return "sort " + keys(node.keys); });
    below(node.input, indent);
  }
  void describe_node(const Limit& node, const Relation&, int indent) {
    line(indent, "limit " + (node.count ? std::to_string(*node.count) : std::string("all")) +
                     (node.offset != 0 ? " offset " + std::to_string(node.offset) : std::string()));
    below(node.input, indent);
  }
  void describe_node(const Common& node, const Relation& relation, int indent) {
    if (!shown_.insert(&relation).second) {
      line(indent, "common " + node.name.text() + " (above)");
      return;
    }
    line(indent, "common " + node.name.text());
    below(node.input, indent);
  }

  std::string named(const NamedExpression& column, bool with_type) {
    std::string text = column.name.text();
    if (with_type) text += " " + to_string(column.expression->type) + (column.expression->nullable ? "?" : "!");
    const std::string value = show(*column.expression);
    return value == column.name.text() ? text : text + " = " + value;
  }

  std::string list(const std::vector<ExpressionPtr>& expressions) {
    std::string text;
    for (const ExpressionPtr& expression : expressions) text += (text.empty() ? "" : ", ") + show(*expression);
    return text;
  }

  std::string keys(const std::vector<SortKey>& sort_keys) {
    std::string text;
    for (const SortKey& key : sort_keys) {
      text += (text.empty() ? "" : ", ") + show(*key.expression) + (key.descending ? " desc" : "");
      // The order of NULLs is shown where it is not the usual one.
      if (key.nulls_first != key.descending) text += key.nulls_first ? " nulls first" : " nulls last";
    }
    return text;
  }

  std::string show(const AggregateCall& call) {
    std::string text = std::string(spec(call.function).name) + "(" + (call.distinct ? "distinct " : "");
    text += call.function == Function::count_rows ? "*" : list(call.arguments);
    if (!call.order_by.empty()) text += " order by " + keys(call.order_by);
    text += ")";
    return call.filter ? text + " filter (" + show(*call.filter) + ")" : text;
  }

  std::string show(const WindowCall& call) {
    std::string text =
        std::string(spec(call.function).name) + "(" + (call.function == Function::count_rows ? "*" : list(call.arguments)) + ")";
    if (call.ignore_nulls) text += " ignore nulls";
    if (call.filter) text += " filter (" + show(*call.filter) + ")";
    std::string over;
    if (!call.partition_by.empty()) over += "by " + list(call.partition_by);
    if (!call.order_by.empty()) over += (over.empty() ? "order " : " order ") + keys(call.order_by);
    if (call.frame) over += (over.empty() ? "" : " ") + show(*call.frame);
    return text + " over (" + over + ")";
  }

  static std::string show(const WindowFrame& frame) {
    const auto bound = [](WindowFrame::Bound one, std::int64_t offset) -> std::string {
      switch (one) {
        case WindowFrame::Bound::unbounded_preceding:
          return "start";
        case WindowFrame::Bound::preceding:
          return "-" + std::to_string(offset);
        case WindowFrame::Bound::current_row:
          return "current";
        case WindowFrame::Bound::following:
          return "+" + std::to_string(offset);
        case WindowFrame::Bound::unbounded_following:
          return "end";
      }
      return "?";
    };
    return std::string(frame.unit == WindowFrame::Unit::rows ? "rows " : "range ") + bound(frame.start, frame.start_offset) + ".." +
           bound(frame.end, frame.end_offset);
  }

  std::string show(const Expression& expression) {
    return std::visit([&](const auto& node) { return show_node(node, expression); }, expression.node);
  }

  std::string show_node(const Literal& node, const Expression& expression) { return shown(node.value, expression.type); }
  std::string show_node(const ColumnRef& node, const Expression&) {
    std::string text(static_cast<std::size_t>(std::max(0, node.depth)), '^');
    const auto level = static_cast<std::ptrdiff_t>(levels_.size()) - 1 - node.depth;
    const Columns* columns = level >= 0 ? levels_[static_cast<std::size_t>(level)] : nullptr;
    const auto index = static_cast<std::size_t>(node.column);
    if (!columns || index >= columns->size()) return text + "#" + std::to_string(node.column);
    const Identifier& name = (*columns)[index].name;
    return text + name.text() + (find_column(*columns, name) ? "" : "#" + std::to_string(node.column));
  }
  std::string show_node(const ParameterRef& node, const Expression&) { return ":" + node.name; }
  std::string show_node(const Call& node, const Expression&) {
    const std::string_view name = written_name(node.function);
    if (!is_infix(node.function, node.arguments.size())) return std::string(name) + "(" + list(node.arguments) + ")";
    std::string text;
    for (const ExpressionPtr& argument : node.arguments) text += (text.empty() ? "(" : " " + std::string(name) + " ") + show(*argument);
    return text + ")";
  }
  std::string show_node(const Cast& node, const Expression& expression) { return show(*node.operand) + "::" + to_string(expression.type); }
  std::string show_node(const Case& node, const Expression&) {
    std::string text = "case";
    for (const auto& [condition, result] : node.branches) text += " when " + show(*condition) + " then " + show(*result);
    if (node.otherwise) text += " else " + show(*node.otherwise);
    return text + " end";
  }
  std::string show_node(const InList& node, const Expression&) { return show(*node.operand) + " in (" + list(node.options) + ")"; }
  std::string show_node(const Subquery& node, const Expression&) {
    // The relation stands on lines of its own below the operator.
    const int number = ++subquery_number_;
    const int indent = indents_.empty() ? 0 : indents_.back();
    const std::string operand = node.operand ? show(*node.operand) + " " : std::string();
    std::string outer_text = std::exchange(text_, {});
    std::string outer_subqueries = std::exchange(subqueries_, {});
    std::visit([&](const auto& one) { describe_node(one, *node.relation, indent + 3); }, node.relation->node);
    const std::string body = std::exchange(text_, std::move(outer_text));
    const std::string title = std::string(static_cast<std::size_t>(2 * indent + 4), ' ') + "$" + std::to_string(number) + ":\n";
    subqueries_ = outer_subqueries + title + body;
    constexpr std::array<std::string_view, 3> kKinds{"exists", "in", "scalar"};
    return operand + std::string(kKinds[static_cast<std::size_t>(node.kind)]) + " $" + std::to_string(number);
  }

  std::string text_;
  std::string subqueries_;
  std::vector<const Columns*> levels_;
  std::vector<int> indents_;
  std::set<const Relation*> shown_;
  int subquery_number_ = 0;
};

}  // namespace

std::string describe(const Relation& relation) { return Describer().relation(relation, 0); }

std::string describe(const Expression& expression, const Columns& columns) { return Describer().expression(expression, columns); }

std::string describe(const Columns& columns) {
  std::string text;
  for (const Column& column : columns) {
    text += (text.empty() ? "" : ", ") + column.name.text() + " " + to_string(column.type) + (column.nullable ? "?" : "!");
  }
  return text;
}

}  // namespace penstock::ir
