#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace penstock::architecture {

/// One source file of the house: its path below the root with '/', and the paths or names that it includes.
struct SourceFile {
  std::string path;
  std::vector<std::string> quoted_includes;
  std::vector<std::string> angle_includes;
  std::size_t lines = 0;
};

/// A folder's library as its CMakeLists.txt declares it by penstock_library().
struct Library {
  std::string name;
  std::string folder;
  std::vector<std::string> links;
};

/// The tree as it lies on the disk.
class House {
 public:
  explicit House(const std::filesystem::path& root);

  const std::vector<SourceFile>& sources() const { return sources_; }
  const std::vector<Library>& libraries() const { return libraries_; }
  std::vector<std::string> top_level_entries() const;

  /// The folder whose library holds that file: its own, or the nearest one above that has a library.
  std::string library_folder(const std::string& path) const;

  /// The folders whose headers a file of `folder` may include: its own and those of every library that it links, however far.
  std::set<std::string> reachable_folders(const std::string& folder) const;

 private:
  void read_sources();
  void read_libraries();

  std::filesystem::path root_;
  std::vector<SourceFile> sources_;
  std::vector<Library> libraries_;
};

}  // namespace penstock::architecture
