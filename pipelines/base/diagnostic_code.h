#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace penstock {

/// The stable codes of diagnostics. A number is never given a second meaning. 1xxx files and YAML, 2xxx names, 3xxx types and SQL,
/// 4xxx components, 5xxx publishing and checks, 6xxx targets and dialects, 7xxx schedules.
enum class Code : int {
  file_unreadable = 1001,
  yaml_syntax = 1002,
  yaml_limit = 1003,
  yaml_duplicate_key = 1004,
  yaml_wrong_kind = 1005,
  unknown_key = 1006,
  missing_key = 1007,
  conflicting_keys = 1008,
  invalid_value = 1009,
  plain_secret = 1011,
  cut_text = 1012,
  invalid_identifier = 2001,
  duplicate_name = 2002,
  unknown_table = 2003,
  unknown_column = 2004,
  ambiguous_column = 2005,
  cyclic_steps = 2006,
  unknown_parameter = 2007,
  unknown_connection = 2008,
  duplicate_column = 2009,
  unknown_environment = 2011,
  unknown_compute = 2012,
  sql_syntax = 3001,
  sql_unsupported = 3002,
  unknown_function = 3003,
  type_mismatch = 3004,
  not_grouped = 3005,
  misplaced_aggregate = 3006,
  no_clock = 3007,
  column_count_mismatch = 3008,
  unknown_type = 3009,
  untyped_column = 3010,
  more_digits = 3011,
  unknown_component = 4001,
  nondeterministic_order = 4002,
  invalid_component = 4003,
  invalid_publish = 5001,
  missing_publish_key = 5002,
  invalid_check = 5003,
  interval_without_schedule = 5004,
  invalid_layout = 5005,
  target_cannot = 6001,
  invalid_cron = 7001,
  unknown_timezone = 7002,
  cron_never_fires = 7003,
  uneven_intervals = 7004,
};

/// One row of the table that `penstock explain` prints and the documentation lists.
struct CodeSpec {
  Code code;
  std::string_view title;        ///< A few words.
  std::string_view explanation;  ///< What it means, why it is refused and how to mend it, in Markdown.
  std::string_view example;      ///< A wrong line and the right one.
};

/// Every code, in ascending order.
std::span<const CodeSpec> code_table();

/// "PEN1006".
std::string to_string(Code code);

/// Understands "PEN1006", "pen1006" and "1006".
std::optional<Code> parse_code(std::string_view text);

}  // namespace penstock
