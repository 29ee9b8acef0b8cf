#pragma once

#include <map>
#include <string>

#include "pipelines/base/result.h"
#include "pipelines/ir/type.h"
#include "pipelines/ir/value.h"

namespace penstock::ir {

/// A value with its type, as a run supplies it.
struct TypedValue {
  Value value;
  Type type;
};

/// The parameters of one run by name, the built-in ones (`interval_start`, `interval_end`, `run_id`, `run_started_at`) among them.
struct ParameterValues {
  std::map<std::string, TypedValue, std::less<>> values;
  /// For timestamps of a wall clock, such as the bounds of an interval in the schedule's time zone: the same moment in UTC, which is
  /// what a place that wants a timestamptz gets. A place that wants a date gets the wall clock's date.
  std::map<std::string, TimestampValue, std::less<>> instants;
};

/// The value as one of another type, as a cast to it would give: a timestamp becomes its day, text is read by parse_value.
/// invalid_input where that is not possible.
Result<Value> convert_value(const TypedValue& given, const Type& type);

/// The value of a parameter for a place that wants `type`; not_found where the run gives none.
Result<Value> convert_parameter(const ParameterValues& values, const std::string& name, const Type& type);

}  // namespace penstock::ir
