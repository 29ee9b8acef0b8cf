#include <cctype>

#include "tests/unit/components/fixture.h"

namespace penstock::testing {
namespace {

using ir::Function;

/// Recursive descent over one text; null as soon as something is not understood.
class Reader {
 public:
  Reader(const model::Node& node, const ir::Scope& scope, Diagnostics& diagnostics)
      : text_(node.text), where_(node.where), scope_(scope), diagnostics_(diagnostics) {}

  std::span<const ir::NamedExpression> keys;
  std::vector<ir::Aggregate::NamedCall>* calls = nullptr;

  ir::ExpressionPtr whole() {
    ir::ExpressionPtr value = conjunction();
    if (value && !word().empty()) return fail("cannot read \"" + text_ + "\"");
    return value;
  }

  ir::ExpressionPtr conjunction() {
    ir::ExpressionPtr left = comparison();
    while (left && take("and")) left = both(Function::logical_and, left, comparison());
    return left;
  }

  bool take(const std::string& wanted) {
    const std::size_t before = at_;
    if (word() == wanted) return true;
    at_ = before;
    return false;
  }

 private:
  ir::ExpressionPtr fail(const std::string& message, Code code = Code::sql_syntax) {
    diagnostics_.error(code, where_, message);
    return nullptr;
  }

  static ir::ExpressionPtr both(Function function, const ir::ExpressionPtr& left, const ir::ExpressionPtr& right) {
    return left && right ? ir::call(function, {left, right}) : nullptr;
  }

  static bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }

  std::string word() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    const std::size_t start = at_;
    if (at_ < text_.size() && text_[at_] == '\'') {
      at_ = text_.find('\'', at_ + 1) + 1;
    } else if (at_ < text_.size() && in_word(text_[at_])) {
      while (at_ < text_.size() && in_word(text_[at_])) ++at_;
    } else if (at_ < text_.size()) {
      const std::string two = text_.substr(at_, 2);
      at_ += two == "<>" || two == "<=" || two == ">=" ? 2U : 1U;
    }
    return text_.substr(start, at_ - start);
  }

  ir::ExpressionPtr comparison() {
    ir::ExpressionPtr left = sum();
    if (!left) return nullptr;
    if (take("is")) {
      const bool negated = take("not");
      return take("null") ? ir::call(negated ? Function::is_not_null : Function::is_null, {left}) : fail("expected null");
    }
    static const std::map<std::string, Function> kOperators{{"=", Function::equal},   {"<>", Function::not_equal},
                                                            {"<", Function::less},    {"<=", Function::less_equal},
                                                            {">", Function::greater}, {">=", Function::greater_equal}};
    for (const auto& [symbol, function] : kOperators) {
      if (take(symbol)) return both(function, left, sum());
    }
    return left;
  }

  ir::ExpressionPtr sum() {
    ir::ExpressionPtr left = primary();
    for (;;) {
      if (take("+")) {
        left = both(Function::add, left, primary());
      } else if (take("*")) {
        left = both(Function::multiply, left, primary());
      } else {
        return left;
      }
    }
  }

  ir::ExpressionPtr primary() {
    const std::string first = word();
    if (first.empty()) return fail("an expression is missing");
    if (first.front() == '\'') return ir::text(first.substr(1, first.size() - 2));
    if (std::isdigit(static_cast<unsigned char>(first.front())) != 0) return ir::integer(std::stoll(first));
    if (take("(")) return aggregate(first);
    return column(first);
  }

  ir::ExpressionPtr aggregate(const std::string& name) {
    if (!calls) return fail("no aggregate is allowed here", Code::misplaced_aggregate);
    ir::AggregateCall call;
    if (name == "count" && take("*")) {
      call.function = Function::count_rows;
    } else {
      static const std::map<std::string, Function> kAggregates{
          {"count", Function::count}, {"sum", Function::sum}, {"min", Function::minimum}, {"max", Function::maximum}};
      call.function = kAggregates.at(name);
      auto* outer = calls;
      calls = nullptr;
      call.arguments = {sum()};
      calls = outer;
      if (!call.arguments[0]) return nullptr;
    }
    take(")");
    const bool counts = call.function == Function::count_rows || call.function == Function::count;
    call.type = counts ? ir::Type::of(ir::TypeKind::int64) : call.arguments[0]->type;
    call.nullable = !counts;
    calls->push_back({Identifier::exact("call_" + std::to_string(calls->size() + 1)), call});
    return ir::column(static_cast<int>(keys.size() + calls->size()) - 1, call.type, call.nullable);
  }

  ir::ExpressionPtr column(const std::string& name) {
    const std::size_t dot = name.find('.');
    const std::string table = dot == std::string::npos ? "" : name.substr(0, dot);
    const Identifier wanted = Identifier::exact(dot == std::string::npos ? name : name.substr(dot + 1));
    ir::ExpressionPtr found;
    int offset = 0;
    for (const auto& item : scope_.items) {
      const auto place = table.empty() || item.name.text() == table ? ir::find_column(item.columns, wanted) : std::nullopt;
      if (place && found) return fail("\"" + name + "\" is ambiguous", Code::ambiguous_column);
      if (place) {
        const ir::Column& column = item.columns[static_cast<std::size_t>(*place)];
        found = ir::column(offset + *place, column.type, column.nullable);
      }
      offset += static_cast<int>(item.columns.size());
    }
    return found ? found : fail("there is no column \"" + name + "\"", Code::unknown_column);
  }

  const std::string& text_;
  Span where_;
  const ir::Scope& scope_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
};

}  // namespace

ir::ExpressionPtr SmallExpressions::scalar(const model::Node& text, const ir::Scope& scope) {
  return Reader(text, scope, diagnostics_).whole();
}

ir::ExpressionPtr SmallExpressions::predicate(const model::Node& text, const ir::Scope& scope) {
  ir::ExpressionPtr value = scalar(text, scope);
  if (!value || value->type.kind == ir::TypeKind::boolean) return value;
  diagnostics_.error(Code::type_mismatch, text.where, "expected a condition");
  return nullptr;
}

bool SmallExpressions::sort_key(const model::Node& text, const ir::Scope& scope, ir::SortKey& key) {
  Reader reader(text, scope, diagnostics_);
  key.expression = reader.conjunction();
  key.descending = reader.take("desc");
  key.nulls_first = key.descending;
  if (reader.take("nulls")) key.nulls_first = reader.take("first");
  return key.expression != nullptr;
}

ir::ExpressionPtr SmallExpressions::aggregate(const model::Node& text, const ir::Scope& scope, std::span<const ir::NamedExpression> keys,
                                              std::vector<ir::Aggregate::NamedCall>& calls) {
  Reader reader(text, scope, diagnostics_);
  reader.keys = keys;
  reader.calls = &calls;
  return reader.whole();
}

}  // namespace penstock::testing
