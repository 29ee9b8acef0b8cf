#include "tests/conformance/meaning/opinions.h"

#include <array>

namespace penstock::meaning {
namespace {

constexpr std::string_view kFormats = "sqlglot reads no format of numbers";
constexpr std::string_view kAuto = "sqlglot takes AUTO for a format of strptime()";
constexpr std::string_view kTimes = "sqlglot writes strftime() of a TIME, which DuckDB does not have";
constexpr std::string_view kDouble = "a quotient is a double on DuckDB, and a decimal on Snowflake";
constexpr std::string_view kNarrow = "on DuckDB a product of decimals of 18 digits has 18";
constexpr std::string_view kNaive = "sqlglot reads to_timestamp_ltz() of a number as a timestamp without a time zone";
constexpr std::string_view kSmall = "a product with a smallint stays one on DuckDB";
constexpr std::string_view kMoments = "sqlglot makes dateadd() of a date a sum, which is a timestamp on DuckDB";
constexpr std::string_view kCounts = "DuckDB takes no DECIMAL(10, 0) for a number of characters";
constexpr std::string_view kSeparator = "DuckDB joins a list by a constant only";
constexpr std::string_view kJson = "sqlglot makes a cast of get() one of DuckDB's ->, which keeps the quotes of a text";

constexpr std::array kSnowflakeWrong{
    Disagreement{"price * rate * rate", kNarrow},
    Disagreement{"price * (1 - rate / 100) * (1 + 2)", kDouble},
    Disagreement{"case when ratio > 0 then round(cast(ln(ratio) as decimal(12,6)), 4) end", kFormats},
    Disagreement{"cast(ratio as decimal(12,2))", kFormats},
    Disagreement{"cast(ratio as decimal(12,1))", kFormats},
    Disagreement{"cast(cast(moment as text) as timestamp)", kAuto},
    Disagreement{"cast(cast(moment as time) as text)", kTimes},
    Disagreement{"cast(moment as timestamptz)", kNaive},
    Disagreement{"cast(day as timestamptz)", kNaive},
    Disagreement{"substring(name, small, 2)", kCounts},
    Disagreement{"substring(name, small)", kCounts},
    Disagreement{"left(name, small)", kCounts},
    Disagreement{"right(name, small)", kCounts},
    Disagreement{"repeat(name, small)", kCounts},
    Disagreement{"concat_ws(other_name, name, 'x')", kSeparator},
    Disagreement{"lpad(name, small, 'x')", kCounts},
    Disagreement{"make_date(2001, 2, small + 10)", kFormats},
    Disagreement{"day + 30", kMoments},
    Disagreement{"day + small", kMoments},
    Disagreement{"day - 30", kMoments},
    Disagreement{"moment at time zone 'America/New_York'", kNaive},
    Disagreement{"make_date(2000 + small, 12, 31)", kFormats},
    Disagreement{"other_day - small", kMoments},
    Disagreement{"moment + small * interval '1 month 2 days 3 hours'", kSmall},
    Disagreement{"moment at time zone 'UTC'", kNaive},
    Disagreement{"moment at time zone 'Europe/Berlin'", kNaive},
    Disagreement{"(moment at time zone 'America/New_York') at time zone 'Europe/Berlin'", kNaive},
    Disagreement{"json_extract_path_text(cast(payload as json), 'a')", kJson},
    Disagreement{"json_extract_path_text(cast(payload as json), 'b', '1')", kJson},
    Disagreement{"json_extract_path_text(cast(payload as json), 'b', '0')", kJson},
    Disagreement{"cast(payload as json) ->> 'a'", kJson},
    Disagreement{"cast(payload as json) -> 'b' ->> 0", kJson},
    Disagreement{"coalesce(cast(payload as json) ->> 'a', 'none')", kJson},
    Disagreement{"round(cast(avg(ratio) as decimal(20,6)), 3)", kFormats},
    Disagreement{"round(cast(stddev_samp(number) as decimal(20,6)), 4)", kFormats},
    Disagreement{"round(cast(sum(ln(ratio)) filter (where ratio > 0) as decimal(20,6)), 4)", kFormats},
    Disagreement{"text_taken_apart", kJson},
};

constexpr std::array kSnowflakeRefused{
    Refusal{"cast(price as real)", "a float has 64 bits"},
    Refusal{"initcap(digits)", "takes other characters for the ends of words"},
    Refusal{"regexp_replace(name, 'x*', '-', 'g')", "empty texts would be replaced"},
    Refusal{"regexp_substr('aab' || name, 'a*(ab)?')", "a repeated group beside another repetition"},
    Refusal{"regexp_replace('aab' || name, 'a*(ab)?', '-', 'g')", "a repeated group beside another repetition"},
    Refusal{"intersect_all", "intersect all"},
    Refusal{"except_all", "except all"},
};

}  // namespace

std::span<const Opinions> opinions() {
  static const std::array kAll{Opinions{"snowflake", kSnowflakeWrong, kSnowflakeRefused}};
  return kAll;
}

}  // namespace penstock::meaning
