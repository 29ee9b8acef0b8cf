#include <gtest/gtest.h>

#include "connectors/postgres/backend.h"
#include "connectors/postgres/errors.h"

namespace penstock::postgres {
namespace {

TEST(PostgresErrors, TheWholeCodeCountsBeforeItsClass) {
  EXPECT_EQ(kind_of("40001"), ErrorKind::conflict);
  EXPECT_EQ(kind_of("40003"), ErrorKind::in_doubt);
  EXPECT_EQ(kind_of("57014"), ErrorKind::cancelled);
  EXPECT_EQ(kind_of("08006"), ErrorKind::transient);
  EXPECT_EQ(kind_of("53300"), ErrorKind::throttled);
  EXPECT_EQ(kind_of("53999"), ErrorKind::resource);
  EXPECT_EQ(kind_of("28P01"), ErrorKind::unauthenticated);
  EXPECT_EQ(kind_of("42501"), ErrorKind::permission);
  EXPECT_EQ(kind_of("42P01"), ErrorKind::permanent);
  EXPECT_EQ(kind_of("22012"), ErrorKind::permanent);
  EXPECT_EQ(kind_of(""), ErrorKind::permanent);
}

TEST(PostgresErrors, WhatChangedAtTheSameMomentHasNoCodeOfItsOwn) {
  EXPECT_TRUE(changed_at_once("XX000", "could not open relation with OID 19278"));
  EXPECT_TRUE(changed_at_once("XX000", "ERROR:  cache lookup failed for relation 4711\n"));
  EXPECT_TRUE(changed_at_once("XX000", "tuple concurrently updated"));
  EXPECT_FALSE(changed_at_once("XX000", "unrecognized node type: 42"));
  EXPECT_FALSE(changed_at_once("P0001", "could not open relation with OID 19278"));
}

TEST(PostgresHandle, ComesBackAsItWas) {
  const UnitName name{{4711, "1700000000000001"}, "token1"};
  const auto back = to_name(to_handle(name));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->backend.pid, 4711);
  EXPECT_EQ(back->backend.started, "1700000000000001");
  EXPECT_EQ(back->token, "token1");
  for (const char* text : {"", "postgres:", "postgres:1:2", "postgres:0:2:t", "postgres:1:2; drop table x:t", "trino:1:2:t"}) {
    EXPECT_FALSE(to_name({text})) << text;
  }
}

TEST(PostgresHandle, ItsNameFitsTheServersLimit) {
  EXPECT_LE(application_name(std::string(40, 'a')).size(), 63U);
  EXPECT_NE(lock_key("a"), lock_key("b"));
}

}  // namespace
}  // namespace penstock::postgres
