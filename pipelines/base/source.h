#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// A place in a file that a person wrote. Lines and columns count from 1, columns in bytes; file is an index into a SourceMap.
/// A default Span (line 0) means "no place".
struct Span {
  std::uint32_t file = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 1;  ///< Bytes to underline on that line.

  explicit operator bool() const { return line != 0; }
  friend bool operator==(const Span&, const Span&) = default;
};

/// The texts that diagnostics point into. Append-only; one thread. A copy shares the texts.
class SourceMap {
 public:
  /// Registers a file and returns its number. `path` is shown to people as given (relative to the project).
  std::uint32_t add(std::string path, std::string text);

  /// The same files with another text for one of them.
  SourceMap with(std::uint32_t file, std::string text) const;

  std::size_t size() const { return files_.size(); }
  const std::string& path(std::uint32_t file) const;
  const std::string& text(std::uint32_t file) const;
  /// The line without its line break; empty where there is no such line.
  std::string_view line(std::uint32_t file, std::uint32_t number) const;

 private:
  struct File {
    std::string path;
    std::string text;
    std::vector<std::uint32_t> line_starts;
  };
  static std::shared_ptr<const File> make_file(std::string path, std::string text);

  std::vector<std::shared_ptr<const File>> files_;
};

}  // namespace penstock
