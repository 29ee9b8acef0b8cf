#include "connectors/vendor_error.h"

#include <algorithm>
#include <charconv>

namespace penstock::connectors {

const VendorError* find_error(const ErrorCatalogue& catalogue, int number) {
  for (const VendorError& error : catalogue.errors) {
    if (error.number == number && number != 0) return &error;
  }
  return nullptr;
}

const VendorError* find_error(const ErrorCatalogue& catalogue, std::string_view code) {
  const VendorError* family = nullptr;
  for (const VendorError& error : catalogue.errors) {
    if (error.code == code) return &error;
    const bool begins_so = error.is_family && code.substr(0, error.code.size()) == error.code;
    if (begins_so && (family == nullptr || family->code.size() < error.code.size())) family = &error;
  }
  int number = 0;
  const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), number);
  const bool is_number = error == std::errc() && end == code.data() + code.size();
  const VendorError* numbered = is_number ? find_error(catalogue, number) : nullptr;
  return numbered != nullptr ? numbered : family;
}

long offset_of(std::string_view statement, int line, int column) {
  if (line <= 0 || column <= 0) return -1;
  std::size_t at = 0;
  for (int passed = 1; passed < line; ++passed) {
    at = statement.find('\n', at);
    if (at == std::string_view::npos) return -1;
    ++at;
  }
  for (int passed = 1; passed < column && at < statement.size(); ++passed) {
    do {
      ++at;
    } while (at < statement.size() && (static_cast<unsigned char>(statement[at]) & 0xC0U) == 0x80U);
  }
  return static_cast<long>(std::min(at, statement.size()));
}

}  // namespace penstock::connectors
