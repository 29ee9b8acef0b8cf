#include "pipelines/base/source.h"

#include <utility>

namespace penstock {

std::shared_ptr<const SourceMap::File> SourceMap::make_file(std::string path, std::string text) {
  std::vector<std::uint32_t> starts{0};
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
    starts.push_back(static_cast<std::uint32_t>(at + 1));
  }
  return std::make_shared<const File>(File{std::move(path), std::move(text), std::move(starts)});
}

std::uint32_t SourceMap::add(std::string path, std::string text) {
  files_.push_back(make_file(std::move(path), std::move(text)));
  return static_cast<std::uint32_t>(files_.size() - 1);
}

SourceMap SourceMap::with(std::uint32_t file, std::string text) const {
  SourceMap changed = *this;
  changed.files_.at(file) = make_file(files_.at(file)->path, std::move(text));
  return changed;
}

const std::string& SourceMap::path(std::uint32_t file) const { return files_.at(file)->path; }

const std::string& SourceMap::text(std::uint32_t file) const { return files_.at(file)->text; }

std::string_view SourceMap::line(std::uint32_t file, std::uint32_t number) const {
  if (file >= files_.size()) return {};
  const File& source = *files_[file];
  if (number == 0 || number > source.line_starts.size()) return {};
  const std::size_t begin = source.line_starts[number - 1];
  std::size_t end = source.text.find('\n', begin);
  if (end == std::string::npos) end = source.text.size();
  if (end > begin && source.text[end - 1] == '\r') --end;
  return std::string_view(source.text).substr(begin, end - begin);
}

}  // namespace penstock
