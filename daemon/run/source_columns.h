#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/run/engine.h"
#include "pipelines/compiler/compiled.h"

namespace penstock::run {

/// The file beside penstock.yaml that holds the columns of sources as they were pulled. It belongs into version control.
inline constexpr std::string_view kSourceColumnsFile = "penstock.sources.yaml";

/// Reads that file's text; what cannot be read is a diagnostic at its place.
compiler::SourceColumns parse_source_columns(std::uint32_t file, const std::string& text, Diagnostics& diagnostics);

Result<void> save_source_columns(const std::string& root, const compiler::SourceColumns& columns);

enum class Undeclared { only, and_declared };

struct PulledSources {
  compiler::SourceColumns columns;
  std::vector<std::pair<std::string, Error>> problems;  ///< By table.
};

/// Asks the targets' catalogues for the columns of source tables that no step makes. Blocks.
PulledSources pull_sources(const compiler::CompiledProject& project, const Connect& connect, Undeclared which);

}  // namespace penstock::run
