#include "pipelines/ir/calendar.h"
#include "pipelines/ir/value.h"

#include <gtest/gtest.h>

namespace penstock::ir {
namespace {

std::string shown(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* number = std::get_if<DecimalText>(&value)) return number->digits;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* day = std::get_if<DateValue>(&value)) return to_string(*day);
  if (const auto* time = std::get_if<TimeValue>(&value)) return to_string(*time);
  if (const auto* moment = std::get_if<TimestampValue>(&value)) return to_string(*moment);
  if (const auto* span = std::get_if<IntervalValue>(&value)) return to_string(*span);
  return "?";
}

std::string read(const char* text, const char* type) {
  const auto value = parse_value(text, *parse_type(type));
  return value ? shown(*value) : "none";
}

TEST(ValueTest, Numbers) {
  EXPECT_EQ(read(" 42 ", "int16"), "42");
  EXPECT_EQ(read("+7", "int32"), "7");
  EXPECT_EQ(read("-32768", "int16"), "-32768");
  EXPECT_EQ(read("32768", "int16"), "none");
  EXPECT_EQ(read("9223372036854775808", "int64"), "none");
  EXPECT_EQ(read("1.5", "int32"), "none");
  EXPECT_EQ(read("1e999", "int32"), "none");
  EXPECT_EQ(read("1e999", "float64"), "none");
  EXPECT_EQ(read("12.345", "decimal(10,2)"), "12.35");
  EXPECT_EQ(read("-12.345", "decimal(10,2)"), "-12.35");
  EXPECT_EQ(read("9.999", "decimal(4,2)"), "10.00");
  EXPECT_EQ(read("99.999", "decimal(4,2)"), "none");
  EXPECT_EQ(read("1.5e3", "decimal(10,1)"), "1500.0");
  EXPECT_EQ(read(".5", "decimal(2,2)"), "0.50");
  EXPECT_EQ(read("-0.001", "decimal(4,2)"), "0.00");
  EXPECT_EQ(read("0.0004e1", "decimal(4,2)"), "0.00");
  EXPECT_EQ(read("nan", "float64"), "none");
  EXPECT_EQ(read("", "decimal(4,2)"), "none");
  EXPECT_EQ(read("1e99999999", "decimal(4,2)"), "none");
}

TEST(ValueTest, Dates) {
  EXPECT_EQ(read("2001-02-03", "date"), "2001-02-03");
  EXPECT_EQ(read("20010203", "date"), "2001-02-03");
  EXPECT_EQ(read("2001-2-3", "date"), "2001-02-03");
  EXPECT_EQ(read("2001-02-30", "date"), "none");
  EXPECT_EQ(read("2000-02-29", "date"), "2000-02-29");
  EXPECT_EQ(read("1900-02-29", "date"), "none");
  EXPECT_EQ(read("0001-01-01", "date"), "0001-01-01");
  EXPECT_EQ(read("10000-01-01", "date"), "none");
  EXPECT_EQ(read("1969-12-31 23:00:00", "date"), "1969-12-31");
}

TEST(ValueTest, TimesAndTimestamps) {
  EXPECT_EQ(read("13:14:15.1234567", "time"), "13:14:15.123457");
  EXPECT_EQ(read("24:00:00", "time"), "24:00:00");
  EXPECT_EQ(read("25:00", "time"), "none");
  EXPECT_EQ(read("2001-02-03 04:05", "timestamp"), "2001-02-03 04:05:00");
  EXPECT_EQ(read("2001-02-03T04:05:06.5", "timestamp"), "2001-02-03 04:05:06.5");
  EXPECT_EQ(read("2001-02-03 04:05:06+02", "timestamp"), "none");
  EXPECT_EQ(read("2001-02-03 04:05:06+02", "timestamptz"), "2001-02-03 02:05:06");
  EXPECT_EQ(read("2001-02-03 04:05:06-0530", "timestamptz"), "2001-02-03 09:35:06");
  EXPECT_EQ(read("2001-02-03 04:05:06 UTC", "timestamptz"), "2001-02-03 04:05:06");
  EXPECT_EQ(read("1969-12-31 23:59:59.999999", "timestamp"), "1969-12-31 23:59:59.999999");
}

TEST(ValueTest, IntervalsKeepMonthsDaysAndTimeApart) {
  EXPECT_EQ(read("1 year 2 mons 3 days", "interval"), "14 months 3 days");
  EXPECT_EQ(read("2 weeks", "interval"), "14 days");
  EXPECT_EQ(read("1.5 days", "interval"), "1 day 43200000000 microseconds");
  EXPECT_EQ(read("-1 month", "interval"), "-1 month");
  EXPECT_EQ(read("1 day ago", "interval"), "-1 day");
  EXPECT_EQ(read("01:30:00", "interval"), "5400000000 microseconds");
  EXPECT_EQ(read("1 fortnight", "interval"), "none");
  EXPECT_EQ(read("", "interval"), "none");
  EXPECT_EQ(read("99999999999999999999 days", "interval"), "none");
}

TEST(ValueTest, OtherTypes) {
  EXPECT_EQ(read("Yes", "boolean"), "true");
  EXPECT_EQ(read("of", "boolean"), "false");
  EXPECT_EQ(read("o", "boolean"), "none");
  EXPECT_EQ(read("äöü", "varchar(3)"), "äöü");
  EXPECT_EQ(read("äöüx", "varchar(3)"), "none");
  EXPECT_EQ(read("{A0EEBC999C0B4EF8BB6D6BB9BD380A11}", "uuid"), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  EXPECT_EQ(read("a0eebc99", "uuid"), "none");
}

std::string moved(const char* moment, const char* interval) {
  const Value start = parse_value(moment, Type::of(TypeKind::timestamp)).value();
  const Value step = parse_value(interval, Type::of(TypeKind::interval)).value();
  const auto end = later(std::get<TimestampValue>(start), std::get<IntervalValue>(step));
  return end ? to_string(*end) : "outside";
}

TEST(CalendarTest, IntervalsAreAddedByTheCalendar) {
  EXPECT_EQ(moved("1998-12-01", "-90 days"), "1998-09-02 00:00:00");
  EXPECT_EQ(moved("2001-01-31", "1 month"), "2001-02-28 00:00:00");
  EXPECT_EQ(moved("2004-02-29", "-1 year"), "2003-02-28 00:00:00");
  EXPECT_EQ(moved("2001-01-31 23:00:00", "1 month 1 day 2 hours"), "2001-03-02 01:00:00");
  EXPECT_EQ(moved("1969-12-31 23:59:59", "1 second"), "1970-01-01 00:00:00");
  EXPECT_EQ(moved("9999-12-31", "1 day"), "outside");
  EXPECT_EQ(moved("0001-01-01", "-1 month"), "outside");
  EXPECT_EQ(moved("2001-01-01", "100000 years"), "outside");
}

TEST(CalendarTest, OnlyMidnightBeginsADay) {
  EXPECT_EQ(day_starting({0}), DateValue{0});
  EXPECT_EQ(day_starting({-86'400'000'000}), DateValue{-1});
  EXPECT_EQ(day_starting({1}), std::nullopt);
}

}  // namespace
}  // namespace penstock::ir
