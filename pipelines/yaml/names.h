#pragma once

#include <string>
#include <string_view>

#include "pipelines/base/identifier.h"

namespace penstock::yaml {

/// True for a name that a project gives: a lower-case letter or an underscore, then those and digits, at most 63 bytes.
bool is_given_name(std::string_view text);

/// The name that was probably meant by a text that is none: "Daily Sales" gives "daily_sales". May be empty.
std::string nearest_given_name(std::string_view text);

/// A column's name as SQL reads it: letters fold to lower case unless it stands in double quotes. The error says what is wrong.
Result<Identifier> read_identifier(std::string_view text);

/// A table name of one to three parts with dots; parts in double quotes may hold dots. The error says what is wrong.
Result<TableName> read_table_name(std::string_view text);

}  // namespace penstock::yaml
