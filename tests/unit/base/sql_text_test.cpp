#include "pipelines/base/sql_text.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

std::string found(std::string_view text, const SqlLexicon& lexicon = {}) {
  std::string names;
  for (const ParameterUse& use : native_parameters(text, lexicon)) names += std::to_string(use.offset) + ":" + use.name + " ";
  return names;
}

SqlLexicon bigquery() {
  SqlLexicon lexicon;
  lexicon.quotes = "'\"`";
  lexicon.backslashes = true;
  lexicon.escape_strings = false;
  lexicon.dollar_quotes = false;
  lexicon.triple_quotes = true;
  lexicon.hash_comments = true;
  lexicon.nested_comments = false;
  return lexicon;
}

TEST(NativeParameters, StandWhereAValueMay) {
  EXPECT_EQ(found("a > :low and (:high >= b or c in (:x,:y))"), "4:low 14:high 34:x 37:y ");
  EXPECT_EQ(found(":only"), "0:only ");
  EXPECT_EQ(found(":a:b"), "0:a ");
}

TEST(NativeParameters, AreNotColonsOfTheTarget) {
  EXPECT_EQ(found("x::date, ':d'::date, (y)::text, z [1:n], a[b:c], f(n := 1), value:path, {'a':b}, 12:30, a : b, a: "), "");
  EXPECT_EQ(found("cast(:d as date), :d::date, x > :d"), "5:d 18:d 32:d ");
}

TEST(NativeParameters, AreNotInTextsNamesAndComments) {
  EXPECT_EQ(found("':a' || 'it''s :a' || \":a\" || \"x\"\":a\" -- :a\n/* :a /* :a */ :a */ + :b"), "67:b ");
  EXPECT_EQ(found("$$ :a $$ || $t$ $$ :a $$ $t$ || :b"), "32:b ");
  EXPECT_EQ(found("e'\\' :a' || E'\\\\' || :b"), "21:b ");
  EXPECT_EQ(found("'\\' || :b"), "7:b ") << "a backslash is a character like others";
  for (const char* open : {"':a", "\":a", "$$ :a", "/* :a", "-- :a", "'a'':a"}) EXPECT_EQ(found(open), "") << open;
}

TEST(NativeParameters, FollowTheWordsOfTheTarget) {
  EXPECT_EQ(found("'\\' :a' # :a\n + `:a` + r'\\':a' + ''' ' :a ''' + \"\"\" \" :a \"\"\" + :b", bigquery()), "63:b ");
  EXPECT_EQ(found("/* /* */ :b", bigquery()), "9:b ");
  SqlLexicon snowflake;
  snowflake.backslashes = true;
  snowflake.plain_names = true;
  snowflake.escape_strings = false;
  snowflake.slash_comments = true;
  snowflake.nested_comments = false;
  EXPECT_EQ(found("':a \\' :a' || \"b\\\" || :b // :a\n, $$ :a $$ / :c, x:d", snowflake), "22:b 44:c ");
  SqlLexicon synapse;
  synapse.brackets = true;
  EXPECT_EQ(found("[:a] + [x]]:a] + N':a' + :b", synapse), "25:b ");
  EXPECT_EQ(found("# :b"), "2:b ");
}

}  // namespace
}  // namespace penstock
