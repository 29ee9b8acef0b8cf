#include "connectors/cell.h"

#include <gtest/gtest.h>

#include <limits>

namespace penstock::connectors {
namespace {

TEST(Cell, DoublesReadAsPostgresWritesThem) {
  EXPECT_EQ(text_of_double(0.1), "0.1");
  EXPECT_EQ(text_of_double(100000), "100000");
  EXPECT_EQ(text_of_double(123456789012345.0), "123456789012345");
  EXPECT_EQ(text_of_double(1e15), "1e+15");
  EXPECT_EQ(text_of_double(1e20), "1e+20");
  EXPECT_EQ(text_of_double(0.0001), "0.0001");
  EXPECT_EQ(text_of_double(0.00001), "1e-05");
  EXPECT_EQ(text_of_double(-0.0), "-0");
  EXPECT_EQ(text_of_double(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(text_of_double(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(text_of_float(0.1F), "0.1");
  EXPECT_EQ(text_of_float(1e6F), "1e+06");
}

TEST(Cell, DatesAndTimes) {
  EXPECT_EQ(text_of_date(0), "1970-01-01");
  EXPECT_EQ(text_of_date(11356), "2001-02-03");
  EXPECT_EQ(text_of_date(-719163), "0001-12-31 BC");
  EXPECT_EQ(text_of_date(-719162), "0001-01-01");
  EXPECT_EQ(text_of_time(86399'123'000, 1'000'000), "23:59:59.123");
  EXPECT_EQ(text_of_timestamp(-1, 1'000'000), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(text_of_timestamp(981'241'199, 1, "+00"), "2001-02-03 22:59:59+00");
}

TEST(Cell, DecimalsKeepTheirScale) {
  EXPECT_EQ(text_of_decimal(-50, 2), "-0.50");
  EXPECT_EQ(text_of_decimal(12345, 0), "12345");
  EXPECT_EQ(text_of_decimal(0, 3), "0.000");
  const Int128 smallest = (Int128{-1} << 126) * 2;
  EXPECT_EQ(text_of_decimal(smallest, 0), "-170141183460469231731687303715884105728");
}

TEST(Cell, BytesAreHexadecimal) {
  EXPECT_EQ(text_of_bytes(std::string_view("\0\xff", 2)), "\\x00ff");
  EXPECT_EQ(text_of_bytes(""), "\\x");
}

}  // namespace
}  // namespace penstock::connectors
