#include "connectors/vendor_error.h"

#include <gtest/gtest.h>

#include <set>

#include "connectors/bigquery/errors.h"
#include "connectors/databricks/errors.h"
#include "connectors/duckdb/errors.h"
#include "connectors/postgres/errors.h"
#include "connectors/trino/errors.h"

namespace penstock::connectors {
namespace {

TEST(VendorErrors, EveryEntryIsThereOnceAndSaysWhatItMeans) {
  for (const ErrorCatalogue* catalogue : {&bigquery::error_catalogue(), &databricks::error_catalogue(), &duckdb::error_catalogue(),
                                          &postgres::error_catalogue(), &trino::error_catalogue()}) {
    EXPECT_GE(catalogue->errors.size(), 25U) << catalogue->target;
    EXPECT_FALSE(catalogue->source.empty());
    EXPECT_EQ(catalogue->read_on.size(), 10U);
    std::set<std::string_view> codes;
    std::set<int> numbers;
    for (const VendorError& error : catalogue->errors) {
      EXPECT_TRUE(codes.insert(error.code).second) << error.code;
      EXPECT_TRUE(error.number == 0 || numbers.insert(error.number).second) << error.number;
      EXPECT_FALSE(error.meaning.empty()) << error.code;
      EXPECT_EQ(find_error(*catalogue, error.code), &error) << error.code;
    }
  }
}

TEST(VendorErrors, AreFoundByCodeByNumberAndByFamily) {
  const ErrorCatalogue& postgres = postgres::error_catalogue();
  EXPECT_EQ(find_error(postgres, "40001")->kind, ErrorKind::conflict);
  EXPECT_EQ(find_error(postgres, "08006")->code, "08");
  EXPECT_EQ(find_error(postgres, "99999"), nullptr);
  EXPECT_EQ(postgres::kind_of("99999"), ErrorKind::permanent);
  const ErrorCatalogue& trino = trino::error_catalogue();
  EXPECT_EQ(find_error(trino, "131074")->code, "QUERY_QUEUE_FULL");
  EXPECT_EQ(find_error(trino, "SYNTAX_ERRORS"), nullptr) << "what is no family stands for itself alone";
  EXPECT_EQ(find_error(trino, ""), nullptr);
  EXPECT_EQ(find_error(trino, 0), nullptr);
}

TEST(VendorErrors, APlaceIsAByteOfTheStatement) {
  EXPECT_EQ(offset_of("select nothing", 1, 8), 7);
  EXPECT_EQ(offset_of("select 'ä'\n, x", 2, 3), 14);
  EXPECT_EQ(offset_of("select", 0, 0), -1);
  EXPECT_EQ(offset_of("select", 9, 1), -1);
}

TEST(VendorErrors, TrinoTellsByTypeWhatIsNotListed) {
  EXPECT_EQ(trino::kind_of({0, "GENERIC_USER_ERROR", "USER_ERROR", "", 0, 0}), ErrorKind::permanent);
  EXPECT_EQ(trino::kind_of({67108864, "JDBC_ERROR", "EXTERNAL", "", 0, 0}), ErrorKind::transient);
  EXPECT_EQ(trino::kind_of({999999, "X", "INSUFFICIENT_RESOURCES", "", 0, 0}), ErrorKind::resource);
  EXPECT_EQ(trino::kind_of({999999, "X", "NEW_TYPE", "", 0, 0}), ErrorKind::permanent);
}

}  // namespace
}  // namespace penstock::connectors
