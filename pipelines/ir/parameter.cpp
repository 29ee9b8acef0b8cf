#include "pipelines/ir/parameter.h"

#include <optional>
#include <utility>

#include "pipelines/ir/rewrite.h"

namespace penstock::ir {
namespace {

constexpr std::int64_t kMicrosecondsPerDay = 86'400'000'000;

DateValue day_of(TimestampValue moment) {
  std::int64_t days = moment.microseconds / kMicrosecondsPerDay;
  if (moment.microseconds % kMicrosecondsPerDay < 0) --days;
  return {static_cast<std::int32_t>(days)};
}

std::string text_of(const Value& value, const Type& type) {
  struct Printer {
    const Type& type;
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return std::to_string(number); }
    std::string operator()(const DecimalText& number) const { return number.digits; }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(DateValue day) const { return to_string(day); }
    std::string operator()(TimeValue time) const { return to_string(time); }
    std::string operator()(TimestampValue moment) const { return to_string(moment) + (type.kind == TypeKind::timestamptz ? "+00" : ""); }
    std::string operator()(IntervalValue interval) const { return to_string(interval); }
  };
  return std::visit(Printer{type}, value);
}

class Binder final : public Rewriter {
 public:
  explicit Binder(const ParameterValues& values) : values_(values) {}

  const std::optional<Error>& error() const { return error_; }

 protected:
  ExpressionPtr replace_expression(const ExpressionPtr& expression) override {
    if (error_) return expression;
    if (const auto* used = std::get_if<ParameterRef>(&expression->node)) {
      return placed(bind(used->name, expression->type), expression->place);
    }
    // The place that wants another type wrote a cast around the parameter: the literal takes that type at once.
    const auto* wanted = std::get_if<Cast>(&expression->node);
    const auto* used = wanted ? std::get_if<ParameterRef>(&wanted->operand->node) : nullptr;
    return used ? placed(bind(used->name, expression->type), expression->place) : nullptr;
  }

 private:
  ExpressionPtr bind(const std::string& name, const Type& type) {
    auto value = convert_parameter(values_, name, type);
    if (value) return literal(std::move(*value), type.is_unknown() ? values_.values.find(name)->second.type : type);
    error_ = std::move(value.error());
    return null_literal(type);
  }

  const ParameterValues& values_;
  std::optional<Error> error_;
};

}  // namespace

Result<Value> convert_value(const TypedValue& given, const Type& type) {
  if (type.is_unknown() || given.type == type || std::holds_alternative<std::monostate>(given.value)) return given.value;
  if (const auto* moment = std::get_if<TimestampValue>(&given.value)) {
    if (type.kind == TypeKind::date) return Value(day_of(*moment));
    if (type.kind == TypeKind::timestamp || type.kind == TypeKind::timestamptz) return given.value;
  }
  if (const auto* day = std::get_if<DateValue>(&given.value); day && type.is_temporal() && type.kind != TypeKind::date) {
    return Value(TimestampValue{day->days * kMicrosecondsPerDay});
  }
  if (type.is_text() && type.kind != TypeKind::varchar) return Value(text_of(given.value, given.type));
  const bool number = std::holds_alternative<std::int64_t>(given.value) || std::holds_alternative<double>(given.value) ||
                      std::holds_alternative<DecimalText>(given.value);
  if (number && !type.is_number() && !type.is_text()) {
    return fail(ErrorKind::invalid_input, "a value of type " + to_string(given.type) + " is no " + to_string(type));
  }
  if (const auto* real = std::get_if<double>(&given.value); real && type.is_float()) return given.value;
  return parse_value(text_of(given.value, given.type), type);
}

Result<Value> convert_parameter(const ParameterValues& values, const std::string& name, const Type& type) {
  const auto found = values.values.find(name);
  if (found == values.values.end()) return fail(ErrorKind::not_found, "the run gives no value for :" + name);
  if (type.kind == TypeKind::timestamptz) {
    if (const auto instant = values.instants.find(name); instant != values.instants.end()) return Value(instant->second);
  }
  auto value = convert_value(found->second, type);
  if (!value) value.error().message = "parameter :" + name + ": " + value.error().message;
  return value;
}

Result<RelationPtr> bind_parameters(const RelationPtr& relation, const ParameterValues& values) {
  Binder binder(values);
  RelationPtr bound = binder.rewrite(relation);
  if (binder.error()) return fail(*binder.error());
  return bound;
}

}  // namespace penstock::ir
