#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/base/result.h"
#include "pipelines/base/sql_text.h"
#include "pipelines/dialects/capabilities.h"
#include "pipelines/ir/statement.h"

namespace penstock::dialects {

/// Something that a target cannot say with the same meaning.
struct Refusal {
  std::string message;  ///< Without the target's name.
  std::string hint;     ///< What to write instead.
  ir::Place place;      ///< Of the innermost expression that has one.

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// A target's SQL: facts as tables, and few overrides of the one writer. Stateless; any thread.
class Dialect {
 public:
  virtual ~Dialect() = default;

  virtual std::string_view name() const = 0;  ///< "postgres"; as in `connections: { x: { type: postgres } }`.
  virtual const Capabilities& capabilities() const = 0;
  /// What is no code in the target's SQL.
  virtual const SqlLexicon& lexicon() const = 0;

  /// The statement in the target's SQL, without a final semicolon, the same bytes for the same tree. Where the target cannot say
  /// it with the same meaning: invalid_input with the reason and what to write instead. Parameters must have been bound.
  virtual Result<std::string> write(const ir::Statement& statement) const = 0;

  /// Everything for which write() would fail, in the order of its text: one for each message and place. Empty where it would not.
  virtual std::vector<Refusal> refusals(const ir::Statement& statement) const = 0;

  /// What a catalogue's type name means here; unknown where it has no portable image.
  virtual ir::Type read_type(std::string_view catalogue_type) const = 0;
};

/// Every dialect, in order of name.
std::span<const Dialect* const> dialect_table();
const Dialect* find_dialect(std::string_view name);

}  // namespace penstock::dialects
