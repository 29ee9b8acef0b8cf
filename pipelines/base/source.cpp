#include "pipelines/base/source.h"

#include <utility>

namespace penstock {

std::uint32_t SourceMap::add(std::string path, std::string text) {
  std::vector<std::uint32_t> starts{0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts.push_back(static_cast<std::uint32_t>(i + 1));
  }
  files_.push_back(File{std::move(path), std::move(text), std::move(starts)});
  return static_cast<std::uint32_t>(files_.size() - 1);
}

const std::string& SourceMap::path(std::uint32_t file) const { return files_.at(file).path; }

const std::string& SourceMap::text(std::uint32_t file) const { return files_.at(file).text; }

std::string_view SourceMap::line(std::uint32_t file, std::uint32_t number) const {
  if (file >= files_.size()) return {};
  const File& source = files_[file];
  if (number == 0 || number > source.line_starts.size()) return {};
  const std::size_t begin = source.line_starts[number - 1];
  std::size_t end = source.text.find('\n', begin);
  if (end == std::string::npos) end = source.text.size();
  if (end > begin && source.text[end - 1] == '\r') --end;
  return std::string_view(source.text).substr(begin, end - begin);
}

}  // namespace penstock
