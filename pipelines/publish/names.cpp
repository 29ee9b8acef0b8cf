#include <algorithm>
#include <string>

#include "pipelines/base/hash.h"
#include "pipelines/publish/layout.h"

namespace penstock::publish {
namespace {

constexpr std::string_view kStaged = "penstock_staged_";
constexpr std::string_view kVersions = "penstock_versions_";
constexpr std::size_t kHashLetters = 12;
constexpr std::size_t kTokenLetters = 32;

// Cut to whole characters, because a target would refuse half of one.
std::string cut_utf8(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

ContentHash hash_of(const TableName& target, std::string_view run_id, std::string_view step) {
  return ContentHasher().add(target.catalog.text()).add(target.schema.text()).add(target.name.text()).add(run_id).add(step).finish();
}

Identifier working_name(std::string_view prefix, const TableName& target, std::string_view run_id, std::string_view step,
                        const dialects::Capabilities& capabilities) {
  std::string name = std::string(prefix) + to_base32(hash_of(target, run_id, step), kHashLetters) + "_";
  const std::size_t longest = capabilities.longest_identifier_bytes;
  name += cut_utf8(target.name.text(), longest > name.size() ? longest - name.size() : 0);
  return Identifier::exact(std::move(name));
}

}  // namespace

Identifier staged_name(const TableName& target, std::string_view run_id, std::string_view step,
                       const dialects::Capabilities& capabilities) {
  return working_name(kStaged, target, run_id, step, capabilities);
}

bool is_staged_name(const Identifier& name) { return name.text().starts_with(kStaged); }

Identifier versions_name(const TableName& target, std::string_view run_id, std::string_view step,
                         const dialects::Capabilities& capabilities) {
  return working_name(kVersions, target, run_id, step, capabilities);
}

std::vector<std::string> working_prefixes() { return {std::string(kStaged), std::string(kVersions)}; }

std::vector<Identifier> working_names(const TableName& target, std::string_view run_id, std::string_view step,
                                      const dialects::Capabilities& capabilities) {
  return {staged_name(target, run_id, step, capabilities), versions_name(target, run_id, step, capabilities)};
}

Identifier seen_name(const TableName& target, const ir::Columns& columns, const dialects::Capabilities& can) {
  std::string shape;
  for (const ir::Column& column : columns) shape += column.name.text() + " " + ir::to_string(column.type) + ";";
  return working_name("penstock_seen_", target, shape, "", can);
}

Identifier hold_name(const TableName& target, const dialects::Capabilities& capabilities) {
  return working_name("penstock_hold_", target, "", "", capabilities);
}

std::string writer_token_of(const TableName& target) { return to_base32(hash_of(target, "", "writer"), kTokenLetters); }

std::string ledger_token_of(const StepInput& input) { return to_base32(hash_of(input.target, input.run_id, input.step), kTokenLetters); }

}  // namespace penstock::publish
