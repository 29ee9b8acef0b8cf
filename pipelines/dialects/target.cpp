#include "pipelines/dialects/target.h"

#include <charconv>
#include <cmath>

namespace penstock::dialects {
namespace {

using K = ir::TypeKind;

std::size_t digits_after_point(std::string_view digits) {
  const auto point = digits.find('.');
  return point == std::string_view::npos ? 0 : digits.size() - point - 1;
}

// "cast(extract(year from {0}) as {type})".
bool casts_extract(const Rule& rule) {
  return rule.kind == Rule::Kind::text && rule.text.pieces.front().text.starts_with("cast(extract(");
}

}  // namespace

Result<std::string> Target::write(const ir::Statement& statement) const {
  Writer writer(*this);
  writer.statement(statement);
  if (writer.refusals().empty()) return writer.take();
  const Refusal& first = writer.refusals().front();
  return fail(ErrorKind::invalid_input, std::string(name()) + ": " + first.message, first.hint);
}

std::vector<Refusal> Target::refusals(const ir::Statement& statement) const {
  Writer writer(*this);
  writer.statement(statement);
  return writer.refusals();
}

ir::Type Target::read_type(std::string_view catalogue_type) const { return read_type_name(catalogue_type, {}); }

void Target::string_literal(std::string& out, std::string_view text) const {
  out += '\'';
  for (const char c : text) {
    if (c == '\'') out += c;
    out += c;
  }
  out += '\'';
}

bool Target::keeps(const ir::Type& type) const {
  if (type.is_unknown()) return true;
  const bool of_unknown = type.element != nullptr && type.element->is_unknown();
  return !type_name(of_unknown ? ir::Type::array_of(ir::Type::of(K::text)) : type).empty();
}

std::string Target::type_name(const ir::Type& type) const {
  switch (type.kind) {
    case K::boolean:
      return "boolean";
    case K::int16:
      return "smallint";
    case K::int32:
      return "integer";
    case K::int64:
      return "bigint";
    case K::decimal:
      return "numeric(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
    case K::float32:
      return "real";
    case K::float64:
      return "double precision";
    case K::text:
    case K::null:
      return "text";
    case K::varchar:
      return "varchar(" + std::to_string(type.length) + ")";
    case K::bytes:
      return "bytea";
    case K::date:
      return "date";
    case K::time:
      return "time";
    case K::timestamp:
      return "timestamp";
    case K::timestamptz:
      return "timestamptz";
    case K::interval:
      return "interval";
    case K::json:
      return "jsonb";
    case K::uuid:
      return "uuid";
    case K::array: {
      const std::string element = type.element ? type_name(*type.element) : std::string();
      return element.empty() ? std::string() : element + "[]";
    }
    case K::unknown:
      break;
  }
  return {};
}

std::string float_text(double value) {
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  return {digits, end};
}

void Target::literal(Writer& writer, const ir::Value& value, const ir::Type& type, bool exact) const {
  if (const auto* text = std::get_if<std::string>(&value)) {
    const bool bare = type.is_text() || type.kind == K::null || type.is_unknown();
    if (!bare) writer.text("cast(");
    writer.string(*text);
    if (!bare) writer.text(" as ").type(type).text(")");
  } else if (const auto* number = std::get_if<double>(&value)) {
    float_literal(writer, *number, type, exact);
  } else if (const auto* decimal = std::get_if<ir::DecimalText>(&value)) {
    const bool natural =
        decimal->digits.find('.') != std::string::npos && type.kind == K::decimal && digits_after_point(decimal->digits) == type.scale;
    if (!exact || natural) {
      writer.text(decimal->digits);
    } else {
      writer.text("cast(").text(decimal->digits).text(" as ").type(type).text(")");
    }
  } else if (const auto* date = std::get_if<ir::DateValue>(&value)) {
    writer.text("date ").string(ir::to_string(*date));
  } else if (const auto* time = std::get_if<ir::TimeValue>(&value)) {
    writer.text("time ").string(ir::to_string(*time));
  } else if (const auto* moment = std::get_if<ir::TimestampValue>(&value)) {
    const bool zoned = type.kind == K::timestamptz;
    writer.text(zoned ? "timestamptz " : "timestamp ").string(ir::to_string(*moment) + (zoned ? "+00" : ""));
  } else if (const auto* interval = std::get_if<ir::IntervalValue>(&value)) {
    writer.text("interval ").string(ir::to_string(*interval));
  }
}

void Target::float_literal(Writer& writer, double value, const ir::Type& type, bool exact) const {
  if (!exact && std::isfinite(value) && type.kind == K::float64) {
    writer.text(float_text(value));
    return;
  }
  writer.text("cast(");
  if (std::isfinite(value)) {
    writer.text(float_text(value));
  } else {
    writer.string(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
  }
  writer.text(" as ").type(type).text(")");
}

void Target::boolean_literal(Writer& writer, bool value) const { writer.text(value ? "true" : "false"); }

bool Target::is_natural_integer(std::int64_t value, const ir::Type& type) const {
  const bool small = value > INT32_MIN && value <= INT32_MAX;
  return small ? type.kind == K::int32 : (type.kind == K::int64 && value != INT32_MIN && value != INT64_MIN);
}

void Target::cast(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env) const {
  if (const ir::Call* part = extract_of(operand, to)) {
    writer.fill(rule(part->function).text, {part->function, part->arguments, to, operand.nullable, env});
    return;
  }
  if (operand.type.is_float() && to.is_text()) {
    writer.refuse("a float has no portable text", "cast it to a decimal first: cast(cast(x as decimal(18,6)) as text)");
    return;
  }
  plain_cast(writer, operand, to, env);
}

const ir::Call* Target::extract_of(const ir::Expression& operand, const ir::Type& to) const {
  const auto* part = std::get_if<ir::Call>(&operand.node);
  const bool whole = to.kind == K::decimal && to.scale == 0 && operand.type.is_integer();
  return part != nullptr && whole && casts_extract(rule(part->function)) ? part : nullptr;
}

void Target::plain_cast(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env) {
  writer.text("cast(").expression(operand, env, Level::any, Writer::Form::value, false);
  writer.text(" as ").type(to).text(")");
}

void Target::create_table_head(Writer& writer, const ir::CreateTable& statement) const {
  writer.text(statement.if_not_exists ? "create table if not exists " : "create table ").table(statement.table);
}

void Target::create_table_as_head(Writer& writer, const ir::CreateTableAs& statement) const {
  writer.text(statement.or_replace      ? "create or replace table "
              : statement.if_not_exists ? "create table if not exists "
                                        : "create table ");
  writer.table(statement.table);
  clauses_and_as(writer, statement);
}

void Target::clauses_and_as(Writer& writer, const ir::CreateTableAs& statement) {
  const bool printed = writer.clauses(statement.layout, statement.query->columns, !statement.or_replace || statement.is_kept);
  writer.text(printed ? "\nas" : " as");
}

void Target::property_value(Writer& writer, const ir::TableProperty& property) {
  if (property.is_text) {
    writer.string(property.value);
  } else {
    writer.text(property.value);
  }
}

void Target::table_clauses(Writer& writer, const ir::TableLayout& layout, const ir::Columns& /*columns*/, bool /*kept*/) const {
  if (layout.properties.empty()) return;
  writer.text("\nwith (");
  for (const ir::TableProperty& property : layout.properties) {
    writer.text(&property == layout.properties.data() ? "" : ", ").text(property.name).text(" = ");
    property_value(writer, property);
  }
  writer.text(")");
}

void Target::create_view_head(Writer& writer, const ir::CreateView& statement) const {
  const char* otherwise = statement.replaces ? "alter view " : "create view ";
  writer.text(capabilities_.create_or_replace_view ? "create or replace view " : otherwise).table(statement.view).text(" as");
}

void Target::rename_table(Writer& writer, const ir::RenameTable& statement) const {
  writer.text("alter table ").table(statement.table).text(" rename to ").identifier(statement.to.text());
}

void Target::alter_column(Writer& writer, const ir::AlterColumnType& statement) const {
  writer.text("alter table ").table(statement.table).text(" alter column ").identifier(statement.column.name.text());
  writer.text(" ").text(facts_.alter_type).text(facts_.alter_type.empty() ? "" : " ").type(statement.column.type);
}

}  // namespace penstock::dialects
