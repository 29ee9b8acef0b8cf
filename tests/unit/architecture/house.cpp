#include "tests/unit/architecture/house.h"

#include <fstream>
#include <regex>
#include <sstream>

namespace penstock::architecture {
namespace {

namespace fs = std::filesystem;

bool is_left_out(const fs::path& path) {
  for (const fs::path& part : path) {
    if (part == "node_modules" || part == "dist" || part == "build") return true;
  }
  return false;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

SourceFile read_source(const fs::path& root, const fs::path& path) {
  SourceFile source;
  source.path = fs::relative(path, root).generic_string();
  std::ifstream file(path);
  const std::regex include(R"re(^\s*#\s*include\s+(["<])([^">]+)[">])re");
  for (std::string line; std::getline(file, line); ++source.lines) {
    std::smatch match;
    if (line.find("#include") == std::string::npos || !std::regex_search(line, match, include)) continue;
    (match[1] == "\"" ? source.quoted_includes : source.angle_includes).push_back(match[2]);
  }
  return source;
}

}  // namespace

House::House(const fs::path& root) : root_(root) {
  read_sources();
  read_libraries();
}

void House::read_sources() {
  for (const char* top : {"pipelines", "connectors", "daemon", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root_ / top)) {
      const fs::path extension = entry.path().extension();
      if (is_left_out(entry.path().lexically_relative(root_)) || (extension != ".h" && extension != ".cpp")) continue;
      sources_.push_back(read_source(root_, entry.path()));
    }
  }
}

void House::read_libraries() {
  const std::regex declaration(R"(penstock_library\(\s*(\w+)([^)]*)\))");
  for (const char* top : {"pipelines", "connectors", "daemon"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root_ / top)) {
      if (entry.path().filename() != "CMakeLists.txt" || is_left_out(entry.path().lexically_relative(root_))) continue;
      const std::string text = text_of(entry.path());
      for (std::sregex_iterator match(text.begin(), text.end(), declaration), end; match != end; ++match) {
        Library library{(*match)[1], fs::relative(entry.path().parent_path(), root_).generic_string(), {}};
        const std::string arguments = (*match)[2];
        const std::size_t links = arguments.find("LINKS");
        std::istringstream words(links == std::string::npos ? std::string() : arguments.substr(links + 5));
        for (std::string word; words >> word;) library.links.push_back(word);
        libraries_.push_back(std::move(library));
      }
    }
  }
}

std::vector<std::string> House::top_level_entries() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(root_)) names.push_back(entry.path().filename().string());
  return names;
}

std::string House::library_folder(const std::string& path) const {
  std::set<std::string> folders;
  for (const Library& library : libraries_) folders.insert(library.folder);
  std::string folder = path.substr(0, path.rfind('/'));
  for (std::string at = folder; !at.empty(); at = at.substr(0, at.find('/') == std::string::npos ? 0 : at.rfind('/'))) {
    if (folders.contains(at)) return at;
  }
  return folder;
}

std::set<std::string> House::reachable_folders(const std::string& folder) const {
  std::map<std::string, const Library*> by_name;
  std::vector<const Library*> open;
  for (const Library& library : libraries_) {
    by_name[library.name] = &library;
    if (library.folder == folder) open.push_back(&library);
  }
  std::set<std::string> folders{folder};
  std::set<std::string> seen;
  while (!open.empty()) {
    const Library* library = open.back();
    open.pop_back();
    if (!seen.insert(library->name).second) continue;
    folders.insert(library->folder);
    for (const std::string& link : library->links) {
      if (const auto found = by_name.find(link); found != by_name.end()) open.push_back(found->second);
    }
  }
  return folders;
}

}  // namespace penstock::architecture
