#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/store/records.h"

namespace penstock::store {

/// Lists and small records as JSON texts in one column, and back. Reading takes whatever is there: text that is not of the form gives what
/// is empty.
std::optional<std::string> encode(const std::optional<Reason>& reason);
std::optional<Reason> decode_reason(const std::optional<std::string>& text);
std::optional<std::string> encode(const std::optional<Fault>& fault);
std::optional<Fault> decode_fault(const std::optional<std::string>& text);
std::string encode(const StepCounts& counts);
StepCounts decode_step_counts(const std::string& text);
std::string encode(const CheckCounts& counts);
CheckCounts decode_check_counts(const std::string& text);
std::string encode(const std::vector<CheckSpec>& checks);
std::vector<CheckSpec> decode_checks(const std::string& text);
std::string encode(const std::vector<ContentHash>& hashes);
std::vector<ContentHash> decode_hashes(const std::string& text);
std::string to_json(const Parameters& parameters);
Parameters parameters_from_json(const std::string& text);
std::string to_json(const std::vector<std::string>& list);
std::vector<std::string> list_from_json(const std::string& text);

/// The inverse of to_hex; zeros where the text is no hash.
ContentHash hash_from_hex(const std::string& hex);

}  // namespace penstock::store
