#include "daemon/run/project_folder.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "daemon/run/cron.h"
#include "daemon/run/source_columns.h"
#include "pipelines/base/utf8.h"
#include "pipelines/components/vocabulary.h"

namespace penstock::run {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProjectFile = "penstock.yaml";

/// Where the file really is. A link that leads out of the project is refused: whoever may write the project's files could have the daemon
/// read, and show, any file of its machine.
Result<fs::path> within(const fs::path& root, const fs::path& path) {
  std::error_code failed;
  const fs::path real = fs::canonical(path, failed);
  if (failed) return fail(ErrorKind::invalid_input, "cannot read " + path.string() + ": " + failed.message());
  const fs::path from_root = real.lexically_relative(fs::canonical(root, failed));
  if (failed || from_root.empty() || *from_root.begin() == "..") {
    return fail(ErrorKind::invalid_input,
                path.lexically_relative(root).generic_string() + " leads to " + real.string() + ", which is outside of the project",
                "links that leave the project are not followed: copy the file, or link it from within");
  }
  return real;
}

Result<std::string> text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 65536> block;
  while (file.read(block.data(), block.size()) || file.gcount() > 0) text.append(block.data(), static_cast<std::size_t>(file.gcount()));
  if (!file.eof()) return fail(ErrorKind::invalid_input, "cannot read " + path.string() + ": " + std::strerror(errno));
  return text;
}

Result<void> add(const fs::path& root, const fs::path& path, std::vector<store::ProjectVersion::File>& files) {
  const Result<fs::path> real = within(root, path);
  if (!real) return tl::unexpected(real.error());
  std::error_code failed;
  if (!fs::is_regular_file(*real, failed)) return fail(ErrorKind::invalid_input, "cannot read " + path.string() + ": it is no file");
  Result<std::string> text = text_of(*real);
  if (!text) return tl::unexpected(text.error());
  files.push_back({as_utf8(path.lexically_relative(root).generic_string()), std::move(*text)});
  return {};
}

/// Shares the tasks out among the machine's processors.
void on_all_processors(std::size_t count, const std::function<void(std::size_t)>& task) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) task(i);
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < std::min<std::size_t>(count, std::thread::hardware_concurrency()); ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
}

bool is_yaml(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

}  // namespace

Result<std::string> find_project(const std::string& from) {
  std::error_code failed;
  fs::path folder = fs::weakly_canonical(fs::absolute(from), failed);
  while (!failed && !folder.empty()) {
    if (fs::exists(folder / kProjectFile, failed)) return folder.string();
    if (folder == folder.root_path()) break;
    folder = folder.parent_path();
  }
  return fail(ErrorKind::not_found, "there is no penstock.yaml in " + from + " or above it", "penstock init makes a project");
}

Result<std::vector<store::ProjectVersion::File>> read_project(const std::string& root) {
  std::vector<store::ProjectVersion::File> files;
  if (auto added = add(root, fs::path(root) / kProjectFile, files); !added) return tl::unexpected(added.error());
  std::vector<fs::path> paths;
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(fs::path(root) / "pipelines", failed), end; !failed && entry != end;
       entry.increment(failed)) {
    // A link to a folder is not read, but it must not seem so where it leads out.
    if (entry->is_symlink(failed) && entry->is_directory(failed)) {
      if (const auto inside = within(root, entry->path()); !inside) return tl::unexpected(inside.error());
    }
    if (entry->is_regular_file(failed) && is_yaml(entry->path())) paths.push_back(entry->path());
  }
  std::sort(paths.begin(), paths.end());
  if (const fs::path columns = fs::path(root) / kSourceColumnsFile; fs::exists(columns, failed)) paths.push_back(columns);
  for (const fs::path& path : paths) {
    if (auto added = add(root, path, files); !added) return tl::unexpected(added.error());
  }
  return files;
}

ProjectLoader::ProjectLoader(std::string environment, compiler::TargetChoice targets)
    : environment_(std::move(environment)),
      targets_(std::move(targets)),
      loader_(yaml::LoadOptions{components::vocabulary(), on_all_processors}) {}

ProjectPtr ProjectLoader::load(std::string root, std::vector<store::ProjectVersion::File> files,
                               const compiler::SourceColumns& further_columns) {
  yaml::Files given;
  given.root = std::move(root);
  store::ProjectVersion::File pulled;
  for (store::ProjectVersion::File& file : files) {
    if (file.path == kProjectFile) {
      given.project = yaml::File{std::move(file.path), std::move(file.text), {}};
    } else if (file.path == kSourceColumnsFile) {
      pulled = std::move(file);
    } else {
      given.pipelines.push_back(yaml::File{std::move(file.path), std::move(file.text), {}});
    }
  }
  const yaml::Loaded loaded = loader_.load(given);
  const auto number = static_cast<std::uint32_t>(loaded.project->sources.size());
  Diagnostics column_diagnostics;
  compiler::SourceColumns columns = further_columns;
  if (!pulled.path.empty()) {
    for (auto& [table, list] : parse_source_columns(number, pulled.text, column_diagnostics)) columns[table] = std::move(list);
  }
  if (last_ && loaded_ == loaded.project && pulled_text_ == pulled.text && columns == columns_) return last_;
  loaded_ = loaded.project;
  columns_ = std::move(columns);
  pulled_text_ = pulled.text;
  std::shared_ptr<const model::Project> project = loaded.project;
  if (!column_diagnostics.empty()) {
    auto shown = std::make_shared<model::Project>(*loaded.project);
    shown->sources.add(std::move(pulled.path), std::move(pulled.text));
    project = std::move(shown);
  }
  compiler::Options options;
  options.environment = environment_;
  options.source_columns = &columns_;
  options.before = last_.get();
  options.executor = on_all_processors;
  options.targets = targets_;
  auto compiled = std::make_shared<compiler::CompiledProject>(compiler::compile(project, options));
  compiled->diagnostics.append(loaded.diagnostics);
  compiled->diagnostics.append(column_diagnostics);
  check_schedules(*project, compiled->diagnostics);
  last_ = std::move(compiled);
  return last_;
}

ProjectPtr compile_files(std::string root, std::vector<store::ProjectVersion::File> files, const std::string& environment,
                         const compiler::SourceColumns& further_columns) {
  return ProjectLoader(environment).load(std::move(root), std::move(files), further_columns);
}

Result<ProjectPtr> load_project(const std::string& root, const std::string& environment, const compiler::TargetChoice& targets) {
  auto files = read_project(root);
  if (!files) return tl::unexpected(files.error());
  return ProjectLoader(environment, targets).load(root, std::move(*files));
}

ProjectPtr recompile(const store::ProjectVersion& version) { return compile_files({}, version.files, version.environment); }

}  // namespace penstock::run
