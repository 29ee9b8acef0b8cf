#include "pipelines/dialects/writer.h"

#include <algorithm>
#include <charconv>

#include "pipelines/dialects/calls.h"
#include "pipelines/dialects/target.h"
#include "pipelines/ir/trimmed.h"

namespace penstock::dialects {
namespace {

// date_trunc() of a date is a moment, of which mostly the date is wanted: in UTC the way there and back changes nothing.
const ir::Expression& without_zone(const ir::Expression& operand, const ir::Type& to) {
  const auto* moment = std::get_if<ir::Cast>(&operand.node);
  const bool returns = to.kind == ir::TypeKind::date || to.kind == ir::TypeKind::timestamp;
  const bool went = moment != nullptr && operand.type.kind == ir::TypeKind::timestamptz && moment->operand->type.kind == ir::TypeKind::timestamp;
  return returns && went ? *moment->operand : operand;
}

// As it was folded: a name with capitals or signs was written between quotes.
bool needs_no_quotes(std::string_view name) {
  const bool digit_first = !name.empty() && is_sql_digit(name[0]);
  return !digit_first &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_sql_digit(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '$'; });
}

std::string_view without_cast(std::string_view text) {
  constexpr std::string_view kCast = "cast";
  constexpr std::string_view kAs = " as ";
  if (text.starts_with(kCast) && text.substr(kCast.size()).starts_with('(')) text.remove_prefix(kCast.size());
  if (text.ends_with(kAs)) text.remove_suffix(kAs.size());
  return text;
}

}  // namespace

Writer::Writer(const Target& target)
    : target_(target),
      rules_(target.fold_rules()),
      folder_(rules_, arena_, [this](const Body& body, std::string_view hint, const std::vector<std::string>& columns) {
        return print_common(body, hint, columns);
      }) {
  out_.reserve(2048);
}

void Writer::refuse(std::string message, std::string hint) {
  refuses_ = true;
  if (!refused_.insert(std::to_string(place_.number) + " " + message).second) return;
  refusals_.push_back({std::move(message), std::move(hint), place_});
}

template <typename Parts, typename Say>
void Writer::say_with_parts(const void* node, const Env& env, const Parts& parts, const Say& say) {
  const bool around = std::exchange(refuses_, false);
  say();
  if (!std::exchange(refuses_, around) || !looked_into_.insert(node).second) return;
  for (const ir::ExpressionPtr& part : parts()) {
    if (part != nullptr && literal_of(*part) == nullptr) expression(*part, env);
  }
}

std::vector<ir::ExpressionPtr> Writer::parts_of(const CallSite& site) {
  std::vector<ir::ExpressionPtr> parts(site.arguments.begin(), site.arguments.end());
  const auto add_keys = [&parts](const std::vector<ir::SortKey>& keys) {
    for (const ir::SortKey& key : keys) parts.push_back(key.expression);
  };
  if (site.aggregate != nullptr) {
    parts.push_back(site.aggregate->filter);
    add_keys(site.aggregate->order_by);
  }
  if (site.window != nullptr) {
    parts.push_back(site.window->filter);
    parts.insert(parts.end(), site.window->partition_by.begin(), site.window->partition_by.end());
    add_keys(site.window->order_by);
  }
  return parts;
}

Writer& Writer::number(std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out_.append(digits, end);
  return *this;
}

Writer& Writer::identifier(std::string_view name) {
  const Facts& facts = target_.facts();
  if (name.empty() || name.find('\0') != std::string_view::npos) {
    refuse("a name is empty or holds a NUL byte", "give the column or table another name");
  }
  if (name.size() > target_.capabilities().longest_identifier_bytes) {
    refuse(
        "the name " + std::string(name) + " is longer than " + std::to_string(target_.capabilities().longest_identifier_bytes) + " bytes",
        "give the column or table a shorter name");
  }
  const bool raise = facts.upper_case_names && needs_no_quotes(name);
  out_ += facts.quote_open;
  for (const char c : name) {
    if (c == facts.quote_close) out_ += facts.names_by_backslash ? '\\' : facts.quote_close;
    if (c == '\\' && facts.names_by_backslash) out_ += '\\';
    out_ += raise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  out_ += facts.quote_close;
  return *this;
}

Writer& Writer::table(const TableName& table) {
  if (!table.catalog.empty()) {
    identifier(table.catalog.text());
    out_ += '.';
  }
  if (!table.schema.empty()) {
    identifier(table.schema.text());
    out_ += '.';
  }
  return identifier(table.name.text());
}

Writer& Writer::string(std::string_view value) {
  if (value.find('\0') != std::string_view::npos) refuse("a text holds a NUL byte", "no target keeps it; remove the byte");
  target_.string_literal(out_, value);
  return *this;
}

Writer& Writer::type(const ir::Type& type) {
  const std::string name = target_.type_name(type);
  if (name.empty()) refuse("there is no type for " + ir::to_string(type), "cast the column to a type that the target has, such as text");
  out_ += name;
  return *this;
}

bool Writer::keep(const ir::Column& column, ir::Place place) {
  if (target_.keeps(column.type)) return true;
  const At at(*this, place);
  refuse("a table has no columns of the type " + ir::to_string(column.type) + ", which \"" + column.name.text() + "\" has",
         "cast it to text: cast(" + column.name.text() + " as text)");
  return false;
}

void Writer::new_line(int deeper) {
  out_ += '\n';
  out_.append(static_cast<std::size_t>(2 * (indent_ + deeper)), ' ');
}

const Slot* Writer::plain_slot(const ir::Expression& expression, const Env& env) {
  const auto* column = std::get_if<ir::ColumnRef>(&expression.node);
  if (column == nullptr) return nullptr;
  const Env* there = &env;
  for (int depth = column->depth; depth > 0; --depth) there = there->outer;
  const Slot& slot = there->slots[static_cast<std::size_t>(column->column)];
  if (slot.kind == Slot::Kind::expression) return plain_slot(*slot.expression, *slot.env);
  return slot.kind == Slot::Kind::column ? &slot : nullptr;
}

bool Writer::is_trimmed(const Slot& slot) {
  if (slot.kind == Slot::Kind::expression) return is_trimmed(*slot.expression, *slot.env);
  return slot.kind == Slot::Kind::column && slot.trimmed;
}

bool Writer::is_trimmed(const ir::Expression& expression, const Env& env) {
  return ir::is_trimmed(expression, [&env](const ir::ColumnRef& column) {
    const Env* there = &env;
    for (int depth = column.depth; depth > 0; --depth) there = there->outer;
    return is_trimmed(there->slots[static_cast<std::size_t>(column.column)]);
  });
}

const ir::Literal* Writer::literal_of(const ir::Expression& expression) { return std::get_if<ir::Literal>(&expression.node); }

const std::string* Writer::text_of(const ir::Expression& expression) {
  const ir::Literal* constant = literal_of(expression);
  return constant == nullptr ? nullptr : std::get_if<std::string>(&constant->value);
}

std::optional<std::int64_t> Writer::integer_of(const ir::Expression& expression) {
  const ir::Literal* constant = literal_of(expression);
  if (constant == nullptr) return std::nullopt;
  const auto* value = std::get_if<std::int64_t>(&constant->value);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

void Writer::constant(const ir::Value& value, const ir::Type& type, bool exact) {
  if (std::holds_alternative<std::monostate>(value)) {
    if (!exact || type.is_unknown() || type.kind == ir::TypeKind::null) {
      out_ += "null";
      return;
    }
    text("cast(null as ").type(type);
    out_ += ')';
  } else if (const auto* truth = std::get_if<bool>(&value)) {
    target_.boolean_literal(*this, *truth);
  } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    const bool bare = !type.is_integer() ? !exact : (!exact || target_.is_natural_integer(*whole, type));
    if (!bare) text("cast(");
    number(*whole);
    if (!bare) {
      text(" as ").type(type);
      out_ += ')';
    }
  } else {
    target_.literal(*this, value, type, exact);
  }
}

Writer& Writer::expression(const ir::Expression& expression, const Env& env, Level least, Form form, bool exact) {
  print(expression, env, least, form, exact);
  return *this;
}

void Writer::print(const ir::Expression& expression, const Env& env, Level least, Form form, bool exact) {
  // What is said twice at every level would be written for ever.
  if (out_.size() > target_.capabilities().longest_statement_bytes) {
    is_too_long_ = true;
    return;
  }
  const At at(*this, expression.place);
  print_node(expression, env, least, form, exact);
}

void Writer::print_node(const ir::Expression& expression, const Env& env, Level least, Form form, bool exact) {
  if (counts_ != nullptr) {
    if (const auto found = counts_->find(&expression); found != counts_->end()) {
      ++found->second.all;
      if (conditional_ == 0) ++found->second.always;
    }
  }
  const bool split = expression.type.kind == ir::TypeKind::boolean && !target_.facts().booleans;
  if (split && form == Form::value && is_predicate(expression, env)) return predicate_as_value(expression, env);
  if (split && form == Form::predicate && !is_predicate(expression, env)) {
    const bool bracket = least > Level::comparison;
    if (bracket) out_ += '(';
    this->expression(expression, env, Level::sum, Form::value, true);
    out_ += " = 1";
    if (bracket) out_ += ')';
    return;
  }
  if (const auto* column = std::get_if<ir::ColumnRef>(&expression.node)) {
    node(*column, expression, env, least, form, exact);
  } else if (const auto* function = std::get_if<ir::Call>(&expression.node)) {
    call({function->function, function->arguments, expression.type, expression.nullable, env}, least, form);
  } else if (const auto* constant_node = std::get_if<ir::Literal>(&expression.node)) {
    const auto* truth = std::get_if<bool>(&constant_node->value);
    if (split && form == Form::predicate && truth != nullptr) {
      out_ += *truth ? "(1 = 1)" : "(1 = 0)";
      return;
    }
    const std::size_t start = out_.size();
    constant(constant_node->value, expression.type, exact);
    // Two minus signs would begin a comment.
    if (least > Level::concatenation && out_[start] == '-') {
      out_.insert(start, 1, '(');
      out_ += ')';
    }
  } else if (const auto* cast = std::get_if<ir::Cast>(&expression.node)) {
    say_with_parts(cast, env, [&] { return std::vector{cast->operand}; }, [&] { say_cast(*cast, expression, env, least, form, exact); });
  } else if (const auto* cases = std::get_if<ir::Case>(&expression.node)) {
    case_expression(*cases, expression, env);
  } else if (const auto* list = std::get_if<ir::InList>(&expression.node)) {
    const bool bracket = least > Level::comparison;
    if (bracket) out_ += '(';
    in_list(*list, env);
    if (bracket) out_ += ')';
  } else if (const auto* query = std::get_if<ir::Subquery>(&expression.node)) {
    subquery(*query, env, least);
  } else if (const auto* parameter = std::get_if<ir::ParameterRef>(&expression.node)) {
    refuse("the parameter :" + parameter->name + " has no value", "give the run a value for it");
  }
}

void Writer::say_cast(const ir::Cast& cast, const ir::Expression& expression, const Env& env, Level least, Form form, bool exact) {
  const ir::Expression& operand = without_zone(*cast.operand, expression.type);
  if (expression.type.is_unknown() || expression.type == operand.type) {
    this->expression(operand, env, least, form, exact);
  } else {
    target_.cast(*this, operand, expression.type, env);
  }
}

void Writer::node(const ir::ColumnRef& column, const ir::Expression& /*expression*/, const Env& env, Level least, Form form, bool exact) {
  const Env* there = &env;
  for (int depth = column.depth; depth > 0; --depth) there = there->outer;
  slot(there->slots[static_cast<std::size_t>(column.column)], least, form, exact);
}

void Writer::slot(const Slot& slot, Level least, Form form, bool exact) {
  switch (slot.kind) {
    case Slot::Kind::column:
      identifier(slot.source->alias);
      out_ += '.';
      identifier(slot.source->columns[static_cast<std::size_t>(slot.column)]);
      return;
    case Slot::Kind::expression:
      return print(*slot.expression, *slot.env, least, form, exact);
    case Slot::Kind::aggregate: {
      const ir::AggregateCall& aggregate = *slot.aggregate;
      const At at(*this, aggregate.place);
      return call({aggregate.function, aggregate.arguments, aggregate.type, aggregate.nullable, *slot.env, &aggregate, nullptr}, least,
                  form);
    }
    case Slot::Kind::window: {
      const ir::WindowCall& window_call = *slot.window;
      const At at(*this, window_call.place);
      return call({window_call.function, window_call.arguments, window_call.type, window_call.nullable, *slot.env, nullptr, &window_call},
                  least, form);
    }
  }
}

bool Writer::is_predicate(const Slot& slot) const {
  return slot.kind == Slot::Kind::expression && is_predicate(*slot.expression, *slot.env);
}

bool Writer::is_predicate(const ir::Expression& expression, const Env& env) const {
  if (const auto* column = std::get_if<ir::ColumnRef>(&expression.node)) {
    const Env* there = &env;
    for (int depth = column->depth; depth > 0; --depth) there = there->outer;
    return is_predicate(there->slots[static_cast<std::size_t>(column->column)]);
  }
  if (const auto* function = std::get_if<ir::Call>(&expression.node)) {
    using F = ir::Function;
    return function->function != F::coalesce && function->function != F::null_if && function->function != F::greatest &&
           function->function != F::least;
  }
  if (const auto* constant_node = std::get_if<ir::Literal>(&expression.node)) {
    // Either form is at hand: see expression().
    static_cast<void>(constant_node);
    return false;
  }
  if (const auto* subquery = std::get_if<ir::Subquery>(&expression.node)) return subquery->kind != ir::Subquery::Kind::scalar;
  return std::holds_alternative<ir::InList>(expression.node);
}

void Writer::predicate_as_value(const ir::Expression& expression, const Env& env) {
  text("cast(case when ");
  this->expression(expression, env, Level::any, Form::predicate);
  text(" then 1");
  if (expression.nullable) {
    text(" when not ");
    this->expression(expression, env, Level::primary, Form::predicate);
    text(" then 0");
  } else {
    text(" else 0");
  }
  text(" end as ");
  type(ir::Type::of(ir::TypeKind::boolean));
  out_ += ')';
}

void Writer::call(const CallSite& site, Level least, Form form) {
  const void* node = site.arguments.data();
  if (site.aggregate != nullptr) node = site.aggregate;
  if (site.window != nullptr) node = site.window;
  say_with_parts(node, site.env, [&] { return parts_of(site); }, [&] { say_call(site, least, form); });
}

void Writer::say_call(const CallSite& site, Level least, Form form) {
  const Rule& rule = target_.rule(site.function);
  if (rule.kind == Rule::Kind::refused || rule.kind == Rule::Kind::missing) {
    refuse(std::string(ir::spec(site.function).name) + ": " + std::string(rule.reason), std::string(rule.way_out));
    return;
  }
  const bool bracket = rule.level < least;
  if (bracket) out_ += '(';
  const bool joins = site.function == ir::Function::logical_and || site.function == ir::Function::logical_or;
  const bool written = joins && form == Form::value && target_.facts().conditions_whole && write_in_turn(*this, site);
  if (written) {
    if (bracket) out_ += ')';
    return;
  }
  if (rule.kind == Rule::Kind::code) {
    rule.code(*this, site);
  } else {
    fill(rule.text, site);
  }
  if (bracket) out_ += ')';
}

Writer& Writer::argument(const CallSite& site, std::size_t index, Level least, Form form) {
  const ir::Expression& wanted = site.argument(index);
  bool exact = true;
  if (literal_of(wanted) != nullptr) {
    for (const auto& other : site.arguments) exact = exact && literal_of(*other) != nullptr;
    exact = exact || std::holds_alternative<std::monostate>(literal_of(wanted)->value);
  }
  using F = ir::Function;
  const bool decided = index > 0 && (site.function == F::logical_and || site.function == F::logical_or || site.function == F::coalesce);
  conditional_ += decided ? 1 : 0;
  expression(wanted, site.env, least, form, exact);
  conditional_ -= decided ? 1 : 0;
  return *this;
}

void Writer::fill(const Template& text, const CallSite& site) {
  using Kind = Template::Piece::Kind;
  // Of a type that is not known, cast(x as {type}) is (x).
  const bool untyped = site.type.is_unknown();
  for (const Template::Piece& piece : text.pieces) {
    switch (piece.kind) {
      case Kind::text:
        out_ += untyped ? without_cast(piece.text) : piece.text;
        break;
      case Kind::argument:
        argument(site, piece.arguments[0], piece.level);
        break;
      case Kind::predicate:
        argument(site, piece.arguments[0], Level::primary, Form::predicate);
        break;
      case Kind::all:
        for (std::size_t i = 0; i < site.arguments.size(); ++i) {
          if (i > 0) out_ += ", ";
          argument(site, i);
        }
        break;
      case Kind::type:
        if (!untyped) type(site.type);
        break;
      case Kind::application:
        application(piece.text, site, piece.arguments);
        break;
      case Kind::application_of_rows:
        application(piece.text, site, {}, true);
        break;
      case Kind::application_of_all: {
        std::vector<std::uint8_t> all;
        for (std::size_t i = 0; i < site.arguments.size(); ++i) all.push_back(static_cast<std::uint8_t>(i));
        application(piece.text, site, all);
        break;
      }
    }
  }
}

void Writer::case_expression(const ir::Case& cases, const ir::Expression& expression, const Env& env) {
  bool any_typed = false;
  const auto is_bare = [](const ir::ExpressionPtr& result) { return result == nullptr || literal_of(*result) != nullptr; };
  for (const auto& branch : cases.branches) any_typed = any_typed || !is_bare(branch.result);
  any_typed = any_typed || !is_bare(cases.otherwise);
  const bool long_form = cases.branches.size() > 2;
  const auto print = [&](const ir::ExpressionPtr& result) {
    const bool is_null = literal_of(*result) != nullptr && std::holds_alternative<std::monostate>(literal_of(*result)->value);
    this->expression(*result, env, Level::any, Form::value, !any_typed && !(is_null && cases.branches.size() > 1));
  };
  static_cast<void>(expression);
  text("case");
  if (long_form) ++indent_;
  const int around = conditional_;
  for (const auto& branch : cases.branches) {
    if (long_form) {
      new_line();
    } else {
      out_ += ' ';
    }
    text("when ");
    this->expression(*branch.condition, env, Level::any, Form::predicate);
    conditional_ = around + 1;
    text(" then ");
    print(branch.result);
  }
  if (cases.otherwise) {
    if (long_form) {
      new_line();
    } else {
      out_ += ' ';
    }
    text("else ");
    print(cases.otherwise);
  }
  conditional_ = around;
  if (long_form) {
    --indent_;
    new_line();
  } else {
    out_ += ' ';
  }
  text("end");
}

void Writer::in_list(const ir::InList& list, const Env& env) {
  // Where blanks at the end do not count, a mark after them makes them count.
  const bool all_trimmed = std::all_of(list.options.begin(), list.options.end(), [&](const auto& option) { return is_trimmed(*option, env); });
  const bool marked = target_.facts().text_ignores_blanks && list.operand->type.is_text() && !(all_trimmed && is_trimmed(*list.operand, env));
  expression(*list.operand, env, Level::concatenation, Form::value);
  text(marked ? " + N'|' in (" : " in (");
  bool first = true;
  for (const auto& option : list.options) {
    if (!first) text(", ");
    first = false;
    expression(*option, env, marked ? Level::concatenation : Level::any, Form::value, literal_of(*list.operand) != nullptr);
    if (marked) text(" + N'|'");
  }
  out_ += ')';
}

void Writer::subquery(const ir::Subquery& subquery, const Env& env, Level least) {
  const bool bracket = subquery.kind == ir::Subquery::Kind::in && least > Level::comparison;
  if (bracket) out_ += '(';
  if (subquery.kind == ir::Subquery::Kind::in) {
    const ir::Columns& found = subquery.relation->columns;
    const bool trimmed = found.size() == 1 && found.front().trimmed && is_trimmed(*subquery.operand, env);
    if (target_.facts().text_ignores_blanks && subquery.operand->type.is_text() && !trimmed) {
      refuse("in (select ...) over text would ignore blanks at the end", "write exists (select ... where a = b)");
    }
    expression(*subquery.operand, env, Level::concatenation);
    text(" in (");
  } else {
    text(subquery.kind == ir::Subquery::Kind::exists ? "exists (" : "(");
  }
  const Body inner = folder_.fold_subquery(*subquery.relation, &env);
  ++indent_;
  new_line();
  const Select* around = around_;
  const bool any_row = subquery.kind == ir::Subquery::Kind::exists && inner.select != nullptr && !inner.select->grouped;
  if (any_row) {
    select(*inner.select, around, false, true);
  } else {
    body(inner, around, false);
  }
  around_ = around;
  --indent_;
  new_line();
  out_ += ')';
  if (bracket) out_ += ')';
}

}  // namespace penstock::dialects
