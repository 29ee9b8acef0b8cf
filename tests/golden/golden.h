#pragma once

#include <string>
#include <string_view>

#include "pipelines/base/result.h"

namespace penstock::golden {

/// Holds `text` against tests/golden/<folder>/<file>; with UPDATE_GOLDEN=1 writes it there instead. What differs is a test failure.
void expect_golden(std::string_view folder, std::string_view file, const std::string& text);

/// SQL, or the exact refusal as comment lines.
std::string sql_or_refusal(const Result<std::string>& written);

/// True once: UPDATE_GOLDEN is set to 1.
bool updates_golden();

}  // namespace penstock::golden
