#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "pipelines/base/diagnostic.h"
#include "pipelines/model/node.h"

namespace penstock::yaml {

/// What one file may take of the daemon; beyond it is PEN1003.
inline constexpr std::size_t kMostFileBytes = std::size_t{10} << 20U;
inline constexpr std::size_t kMostScalarBytes = std::size_t{1} << 20U;
inline constexpr std::size_t kMostLineBytes = std::size_t{1} << 20U;
inline constexpr std::size_t kMostDepth = 64;
inline constexpr std::size_t kMostNodes = 1'000'000;
/// Brackets and commas: the library holds all tokens of a bracketed value at once, some 240 bytes each.
inline constexpr std::size_t kMostFlowCharacters = 1'000'000;
inline constexpr std::size_t kMostAliasNodes = 100'000;
/// So many faults of one file are reported; then the rest of it is not looked at.
inline constexpr std::size_t kMostFaults = 1'000;

/// Reads one YAML document: YAML 1.2's core schema, every key and value with its place in `file`. An empty document is a null node.
/// A byte order mark is skipped; places are those of the text without it. Aliases are expanded; a copy keeps the places of its anchor.
/// Nothing is returned when the text cannot be read: then there is at least one diagnostic. Duplicate keys are reported, the first one
/// counts, and the rest is read on. The text is borrowed for the call only.
std::optional<model::Node> parse(std::string_view text, std::uint32_t file, Diagnostics& diagnostics);

/// True for a plain scalar that the core schema reads as a null, a boolean or a number: quoted, it would be text.
bool is_special(std::string_view plain);

}  // namespace penstock::yaml
