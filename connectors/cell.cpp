#include "connectors/cell.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace penstock::connectors {

namespace {

constexpr std::int64_t kSecondsPerDay = 86400;

std::string padded(std::int64_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

struct Civil {
  std::int64_t year;
  std::int64_t month;
  std::int64_t day;
};

// The days-to-civil algorithm of Howard Hinnant's "chrono-compatible low-level date algorithms": exact over the whole range.
Civil civil_of(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

std::string civil_text(const Civil& civil) {
  const std::int64_t year = civil.year > 0 ? civil.year : 1 - civil.year;
  return padded(year, 4) + "-" + padded(civil.month, 2) + "-" + padded(civil.day, 2);
}

/// PostgreSQL writes a number plainly while its first digit stands between the 4th place behind and the 15th before the point.
template <typename Number>
std::string shortest(Number value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  std::array<char, 512> buffer{};
  const auto scientific = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  const std::string text(buffer.data(), scientific.ptr);
  const int exponent = std::atoi(text.c_str() + text.find('e') + 1);
  constexpr int kPlainDigits = sizeof(Number) == sizeof(float) ? 6 : 15;
  if (exponent < -4 || exponent >= kPlainDigits) return text;
  const auto plain = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return {buffer.data(), plain.ptr};
}

}  // namespace

std::string text_of_double(double value) { return shortest(value); }
std::string text_of_float(float value) { return shortest(value); }

std::string text_of_date(std::int64_t days) {
  const Civil civil = civil_of(days);
  return civil_text(civil) + (civil.year > 0 ? "" : " BC");
}

std::string text_of_time(std::int64_t units, std::int64_t units_per_second) {
  const std::int64_t seconds = units / units_per_second;
  std::string text = padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2);
  const std::int64_t fraction = units % units_per_second;
  if (fraction == 0) return text;
  text += "." + padded(fraction, std::to_string(units_per_second).size() - 1);
  text.resize(text.find_last_not_of('0') + 1);
  return text;
}

std::string text_of_timestamp(std::int64_t units, std::int64_t units_per_second, std::string_view zone) {
  const std::int64_t per_day = kSecondsPerDay * units_per_second;
  std::int64_t days = units / per_day;
  std::int64_t rest = units % per_day;
  if (rest < 0) {
    rest += per_day;
    --days;
  }
  const Civil civil = civil_of(days);
  return civil_text(civil) + " " + text_of_time(rest, units_per_second) + std::string(zone) + (civil.year > 0 ? "" : " BC");
}

std::string text_of_bytes(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + bytes.size() * 2);
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::string text_of_decimal(Int128 unscaled, unsigned scale) {
  const bool negative = unscaled < 0;
  // Negated digit by digit: the smallest number has no positive twin.
  std::string digits;
  do {
    const int digit = static_cast<int>(unscaled % 10);
    digits += static_cast<char>('0' + std::abs(digit));
    unscaled /= 10;
  } while (unscaled != 0);
  while (digits.size() <= scale) digits += '0';
  std::reverse(digits.begin(), digits.end());
  if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
  return negative ? "-" + digits : digits;
}

std::string bytes_of_base64(const std::string& text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return text;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

std::string without_trailing_zeros(std::string text) {
  const std::size_t point = text.find('.');
  if (point == std::string::npos) return text;
  std::size_t end = point + 1;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  std::size_t keep = end;
  while (text[keep - 1] == '0') --keep;
  if (keep == point + 1) keep = point;
  return text.erase(keep, end - keep);
}

}  // namespace penstock::connectors
