#include "daemon/cli/dialect_choice.h"

#include <algorithm>
#include <sstream>

#include "pipelines/base/suggest.h"

namespace penstock::cli {
namespace {

std::vector<std::string> names_of_all() {
  std::vector<std::string> names;
  for (const dialects::Dialect* dialect : dialects::dialect_table()) names.emplace_back(dialect->name());
  return names;
}

std::string trimmed(const std::string& word) {
  const std::size_t first = word.find_first_not_of(' ');
  return first == std::string::npos ? std::string() : word.substr(first, word.find_last_not_of(' ') - first + 1);
}

}  // namespace

std::string dialect_names() { return listed(names_of_all()); }

Result<const dialects::Dialect*> dialect_named(std::string_view name) {
  if (const dialects::Dialect* dialect = dialects::find_dialect(name)) return dialect;
  const std::string meant = did_you_mean(name, names_of_all());
  return fail(ErrorKind::not_found, "there is no dialect \"" + std::string(name) + "\"",
              meant.empty() ? "there are: " + dialect_names() : meant);
}

Result<std::vector<const dialects::Dialect*>> dialects_named(const std::vector<std::string>& lists) {
  std::vector<const dialects::Dialect*> chosen;
  for (const std::string& list : lists) {
    std::istringstream words(list);
    for (std::string word; std::getline(words, word, ',');) {
      const auto dialect = dialect_named(trimmed(word));
      if (!dialect) return tl::unexpected(dialect.error());
      if (std::find(chosen.begin(), chosen.end(), *dialect) == chosen.end()) chosen.push_back(*dialect);
    }
  }
  return chosen;
}

}  // namespace penstock::cli
