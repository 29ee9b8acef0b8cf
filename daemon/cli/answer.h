#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/api/encode.h"

namespace penstock::cli {

using Json = api::Json;

/// The text under a key of a server's answer; `otherwise` where the answer is no object, lacks the key or holds something else there.
std::string text_in(const Json& object, const char* key, std::string_view otherwise = {});

/// The whole number under a key; empty where there is none.
std::optional<long long> number_in(const Json& object, const char* key);

/// "2026-03-01T02:15:00Z": a time of the API without its milliseconds, for tables; `otherwise` where there is none.
std::string time_in(const Json& object, const char* key, std::string_view otherwise = {});

/// "2026-03-01 to 2026-03-02" of an object with start and end; empty where it has none.
std::string interval_text(const Json& interval);

}  // namespace penstock::cli
