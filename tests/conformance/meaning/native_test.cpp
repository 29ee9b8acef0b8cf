#include "pipelines/sql/native.h"

#include <gtest/gtest.h>

#include "pipelines/ir/parameter.h"
#include "tests/conformance/meaning/target.h"

// Parameters of native SQL arrive at the real engines as values of their types, and nothing else of the text is touched.

namespace penstock::meaning {
namespace {

using K = ir::TypeKind;

struct NativeCase {
  const char* target;
  const char* sql;
  std::vector<std::optional<std::string>> row;
};

const std::vector<NativeCase>& cases() {
  static const std::vector<NativeCase> kCases{
      {"duckdb",
       "select :text as a, ':text' as b, $$ :text $$ as c, 1 -:whole as d, 7::bigint as e, [1, 2, 3][1:2]::varchar as f,"
       " :moment::date as g, 2 * :price as h, {'a':1}.a as i /* :text */ -- :text",
       {"it's :whole \\", ":text", " :text ", "6", "7", "[1, 2]", "2001-02-03", "-3.00", "1"}},
      {"postgres",
       "select :text as a, ':text' as b, $t$ :text $t$ as c, 1 -:whole as d, 7::bigint as e, (array[1, 2, 3])[1:2]::text as f,"
       " :moment::date as g, pg_typeof(:moment)::text as h, E'\\':text' as i /* :text /* */ */ -- :text",
       {"it's :whole \\", ":text", " :text ", "6", "7", "{1,2}", "2001-02-03", "timestamp without time zone", "':text"}},
      {"trino",
       "select :text as a, ':text' as b, \":text\" as c, 1 -:whole as d, cast(:moment as date) as e, 2 * :price as f,"
       " typeof(:moment) as g from (values 1) as t (\":text\") /* :text */ -- :text",
       {"it's :whole \\", ":text", "1", "6", "2001-02-03", "-3.00", "timestamp(6)"}},
  };
  return kCases;
}

TEST(NativeParameters, ArriveAsValues) {
  const sql::Parameters types{{"text", ir::Type::of(K::text)},
                              {"whole", ir::Type::of(K::int64)},
                              {"price", ir::Type::decimal(6, 2)},
                              {"moment", ir::Type::of(K::timestamp)}};
  ir::ParameterValues values;
  values.values["text"] = {std::string("it's :whole \\"), types.at("text")};
  values.values["whole"] = {std::int64_t{-5}, types.at("whole")};
  values.values["price"] = {ir::DecimalText{"-1.50"}, types.at("price")};
  values.values["moment"] = {ir::TimestampValue{981173106500000}, types.at("moment")};
  for (const NativeCase& one : cases()) {
    const auto target = Target::open(one.target);
    if (target == nullptr) GTEST_SKIP() << "there is no " << one.target << " to ask";
    Diagnostics diagnostics;
    model::Node text;
    text.kind = model::Node::Kind::scalar;
    text.text = one.sql;
    const auto native = ir::native(sql::read_native(text, target->dialect().lexicon(), types, diagnostics));
    const auto bound = ir::bind_parameters(native, values);
    ASSERT_TRUE(bound) << bound.error().message;
    const auto written = target->dialect().write(ir::SelectStatement{*bound});
    ASSERT_TRUE(written) << written.error().message;
    const auto outcome = target->run({*written}, true);
    ASSERT_EQ(outcome.state, connectors::Outcome::State::succeeded) << outcome.error.message << "\n" << *written;
    ASSERT_EQ(outcome.rows.size(), 1U);
    EXPECT_EQ(outcome.rows[0], one.row) << *written;
  }
}

}  // namespace
}  // namespace penstock::meaning
