#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::cli {

/// One document of schemas/, as `penstock schema` names it: its path without the ending.
struct PublishedSchema {
  std::string name;   ///< "pipeline", "openapi", "cli/plan".
  std::string title;  ///< One line for the list.
};

/// Every document: of the files that people write, of the API, and of what each command prints with -o json.
std::vector<PublishedSchema> published_schemas();

/// The document's text, ready to be used by itself: what it refers to in other documents is in it. Besides the names above it knows
/// every mapping of the language: "step", "publish", "join". Empty where there is none of that name.
std::optional<std::string> published_schema(std::string_view name);

}  // namespace penstock::cli
