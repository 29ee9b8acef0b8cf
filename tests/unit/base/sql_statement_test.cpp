#include "pipelines/base/sql_statement.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock {
namespace {

/// "kind@offset", or "one" where there is no fault.
std::string fault(std::string_view text, const SqlLexicon& lexicon = {}) {
  const auto found = find_statement_fault(text, lexicon);
  if (!found) return "one";
  constexpr const char* kNames[] = {"second", "text", "comment", "open", "stray", "empty"};
  return kNames[static_cast<int>(found->kind)] + ("@" + std::to_string(found->offset));
}

SqlLexicon plain() {
  SqlLexicon lexicon;
  lexicon.escape_strings = false;
  lexicon.dollar_quotes = false;
  lexicon.nested_comments = false;
  return lexicon;
}

SqlLexicon brackets() {
  SqlLexicon lexicon = plain();
  lexicon.nested_comments = true;
  lexicon.brackets = true;
  lexicon.bare_statements = true;
  return lexicon;
}

SqlLexicon backslashes() {
  SqlLexicon lexicon = plain();
  lexicon.quotes = "'\"`";
  lexicon.backslashes = true;
  lexicon.triple_quotes = true;
  lexicon.hash_comments = true;
  return lexicon;
}

TEST(Statement, OneMayEndWithSemicolonsAndComments) {
  for (const char* text :
       {"select 1 as x", "select 1;", " select 1 ; -- it; ends\n ;/* here; */ ", "select ';' as \";\" -- ;", "/* ; */ select 1 -- ;"}) {
    EXPECT_EQ(fault(text), "one") << text;
    EXPECT_EQ(fault(text, plain()), "one") << text;
    EXPECT_EQ(fault(text, brackets()), "one") << text;
    EXPECT_EQ(fault(text, backslashes()), "one") << text;
  }
  for (const char* text : {"", " ; ", "-- nothing", "/* ; */;"}) EXPECT_EQ(fault(text), "empty@0") << text;
}

TEST(Statement, ASecondOneIsFoundWhereItBegins) {
  EXPECT_EQ(fault("select 1 as x; commit; drop table t"), "second@15");
  EXPECT_EQ(fault("select 1;--\n/* */drop table t"), "second@17");
  EXPECT_EQ(fault("select 1;;'x'"), "second@10");
  EXPECT_EQ(fault("select 1; ("), "second@10");
}

TEST(Statement, WhatIsHiddenIsAsTheTargetReadsIt) {
  EXPECT_EQ(fault(R"(select E'\'; drop table t; --')"), "one");
  EXPECT_EQ(fault(R"(select '\'; drop table t; --')"), "second@12");
  EXPECT_EQ(fault(R"(select E'\\'; drop table t; --')"), "second@14");
  EXPECT_EQ(fault(R"(select E'\'; drop table t; --')", plain()), "second@13");
  EXPECT_EQ(fault(R"(select nameE'\'; drop table t; --')"), "second@17");
  EXPECT_EQ(fault("select $a$ ; $b$ ; $a$"), "one");
  EXPECT_EQ(fault("select $a$ ; $a$", plain()), "second@13");
  EXPECT_EQ(fault("select a$b$ ; drop $b$"), "second@14");
  EXPECT_EQ(fault("select 1 /* /* */ ; */ */"), "one");
  EXPECT_EQ(fault("select 1 /* /* */ ; */", plain()), "second@20");
  EXPECT_EQ(fault("select 1 as [a;b]]c;]", brackets()), "one");
  EXPECT_EQ(fault("select 1 as [a;b]"), "second@15");
  EXPECT_EQ(fault(R"(select `a;` + '\';' + r'\';' + ''' ' ; ''' # ;)", backslashes()), "one");
  EXPECT_EQ(fault("select 1 # x\n; drop", backslashes()), "second@15");
  EXPECT_EQ(fault("select 1 # 2; drop"), "second@14");
}

TEST(Statement, WhatHasNoEndWouldSwallowWhatStandsAroundIt) {
  EXPECT_EQ(fault("select 'a"), "text@7");
  EXPECT_EQ(fault("select 'a''"), "text@7");
  EXPECT_EQ(fault("select \"a"), "text@7");
  EXPECT_EQ(fault("select 1 '"), "text@9");
  EXPECT_EQ(fault("select $x$ a"), "text@7");
  EXPECT_EQ(fault("select 1 /* a"), "comment@9");
  EXPECT_EQ(fault("select 1 /* /* */"), "comment@9");
  EXPECT_EQ(fault("select [a", brackets()), "text@7");
  EXPECT_EQ(fault(R"(select 'a\')", backslashes()), "text@7");
  EXPECT_EQ(fault("select '''; drop", backslashes()), "text@7");
  EXPECT_EQ(fault("select 1) as q cross join (select 2"), "stray@8");
  EXPECT_EQ(fault("select (1"), "open@7");
  EXPECT_EQ(fault("select (1; drop table t)"), "open@7");
}

TEST(Statement, InTSqlOneFollowsAnotherWithoutASemicolon) {
  EXPECT_EQ(fault("select 1 as x drop table t", brackets()), "second@14");
  EXPECT_EQ(fault("select 1 as x\nEXEC ('drop table t')", brackets()), "second@14");
  EXPECT_EQ(fault("select 1 as x select 2 as y into t", brackets()), "second@14");
  EXPECT_EQ(fault("select 1 as x merge into t", brackets()), "second@14");
  EXPECT_EQ(fault("with a as (select 1 as x) insert into t select x from a", brackets()), "second@26");
  for (const char* text : {"with a as (select 1 as x) select x from a union all select 2 except select 3",
                           "select [drop], t.[set] from t inner merge join u on 1 = 1", "select (select max(x) from t) as y from u",
                           "select case when 1 = 1 then 2 else 3 end as x"}) {
    EXPECT_EQ(fault(text, brackets()), "one") << text;
  }
  EXPECT_EQ(fault("select 1 as x drop table t"), "one") << "elsewhere the target's own parser refuses that";
}

TEST(Statement, EndsAtItsSemicolon) {
  EXPECT_EQ(statement_end("select ';' ; -- x", SqlLexicon()), 11U);
  EXPECT_EQ(statement_end("select 1", SqlLexicon()), 8U);
}

}  // namespace
}  // namespace penstock
