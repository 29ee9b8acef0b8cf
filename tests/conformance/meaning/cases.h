#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace penstock::meaning {

/// Expressions of the portable language over the table `wide`, one result column each. Where a target cannot say one with PostgreSQL's
/// meaning, `refused` names it: "trino", or "duckdb trino".
struct Expression {
  std::string_view sql;
  std::string_view refused = {};
};

/// A whole SELECT whose order of rows is its own.
struct Query {
  std::string_view name;
  std::string_view sql;
  std::string_view refused = {};
};

/// An expression that PostgreSQL fails on for some row: every target must fail too, or refuse it.
struct Failing {
  std::string_view sql;
  std::string_view refused = {};
};

std::span<const Expression> expressions();
std::span<const Expression> aggregates();
std::span<const Query> queries();
std::span<const Failing> failing();

}  // namespace penstock::meaning
