#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/components/component.h"

namespace penstock::components {

// What several components do with their parameters. What reports does so at the place of the word that is wrong.

/// The names that a component's expressions may use when it has one input.
ir::Scope scope_of(const Input& input);

/// False, after a diagnostic, where the input's columns are not known: a component needs them.
bool has_known_columns(const Input& input, Span where, Context& context);

/// The value under `key`; where the parameters are not a mapping they are the shorthand of that key. Null where it is missing.
const model::Node* value_of(const model::Node& parameters, std::string_view key);

/// Like value_of for a key that the component's table says is required. Null where it is missing or has no value: the checker of the files
/// has said so already.
const model::Node* required(const model::Node& parameters, std::string_view key);

/// One value or the items of a list.
std::vector<const model::Node*> items_of(const model::Node& node);

/// The index of the column of `columns` that a scalar names; `whose` says in words where it was looked for.
std::optional<int> read_column(const model::Node& name, const ir::Columns& columns, std::string_view whose, Context& context);

/// The indices of one name or of a list of names; empty after diagnostics. A name that comes twice is reported.
std::optional<std::vector<int>> read_columns(const model::Node& names, const ir::Columns& columns, std::string_view whose,
                                             Context& context);

/// A column's name as SQL has it: letters fold to lower case unless it stands in double quotes.
std::optional<Identifier> read_name(std::string_view text, Span where, Context& context);

/// One of `choices`, or empty after a diagnostic that lists them.
std::optional<std::string> read_choice(const model::Node& node, std::span<const std::string_view> choices, Context& context);

/// A whole number that is not negative.
std::optional<std::int64_t> read_count(const model::Node& node, Context& context);

/// True or false.
std::optional<bool> read_boolean(const model::Node& node, Context& context);

/// A literal for a column of that type; `null` is NULL. For an unknown type a plain whole number is an integer and all else is text.
ir::ExpressionPtr read_literal(const model::Node& node, const ir::Type& type, Context& context);

/// The sort keys of `order:`; empty after diagnostics.
std::optional<std::vector<ir::SortKey>> read_order(const model::Node& order, const ir::Scope& scope, Context& context);

/// Reports a name that stands at two places of a list of output columns.
class OutputNames {
 public:
  /// False after a diagnostic.
  bool add(const Identifier& name, Span where, Context& context);

 private:
  std::vector<Identifier> names_;
};

/// "a", "b" and "c".
std::string quoted_list(const std::vector<std::string>& words);

}  // namespace penstock::components
