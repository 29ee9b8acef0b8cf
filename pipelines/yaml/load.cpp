#include "pipelines/yaml/load.h"

#include <algorithm>
#include <set>
#include <utility>

#include "pipelines/model/language.h"
#include "pipelines/yaml/check.h"
#include "pipelines/yaml/parse.h"
#include "pipelines/yaml/reader.h"
#include "pipelines/yaml/secrets.h"
#include "pipelines/yaml/text.h"

namespace penstock::yaml {
namespace {

std::string_view body_of(const File& file) {
  std::string_view text = file.text;
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  return text;
}

// The tree of a file that follows the table, or nothing where it is no YAML; then that has been reported.
std::optional<model::Node> read_tree(const File& file, std::uint32_t number, const model::ObjectSpec& object, const LoadOptions& options,
                                     Diagnostics& diagnostics) {
  if (!file.unreadable.empty()) {
    diagnostics.error(Code::file_unreadable, Span{number, 1, 1, 1}, "the file cannot be read: " + file.unreadable);
    return std::nullopt;
  }
  std::optional<model::Node> root = parse(body_of(file), number, diagnostics);
  if (!root) return std::nullopt;
  if (root->kind == model::Node::Kind::null) {
    std::string help = std::string(object.doc) + " It begins with: " + std::string(object.keys.front().name) + ": " +
                       std::string(object.keys.front().example);
    diagnostics.error(Code::missing_key, root->where, "the file is empty", "", std::move(help));
    return std::nullopt;
  }
  Checker(options.vocabulary, diagnostics).check_object(*root, object);
  return root;
}

std::vector<const File*> ordered_by_path(const std::vector<File>& files) {
  std::vector<const File*> ordered;
  for (const File& file : files) ordered.push_back(&file);
  std::sort(ordered.begin(), ordered.end(), [](const File* left, const File* right) { return left->path < right->path; });
  return ordered;
}

}  // namespace

LoadedPipeline load_pipeline(const File& file, std::uint32_t number, const LoadOptions& options) {
  LoadedPipeline loaded;
  const std::optional<model::Node> root = read_tree(file, number, model::pipeline_spec(), options, loaded.diagnostics);
  if (!root) return loaded;
  const ReadContext context{options.vocabulary, loaded.diagnostics};
  std::optional<model::Pipeline> pipeline = read_pipeline(*root, number, context);
  if (pipeline) loaded.pipeline = std::make_shared<const model::Pipeline>(std::move(*pipeline));
  return loaded;
}

// Numbers of files are never given to another one; when a file is gone, all are numbered anew.
void Loader::forget_unless_same_files(const Files& files, const std::vector<const File*>& ordered) {
  std::set<std::string_view> paths;
  for (const File* file : ordered) paths.insert(file->path);
  const bool all_there = std::all_of(known_.begin(), known_.end(), [&](const auto& known) { return paths.count(known.first) > 0; });
  if (sources_.size() > 0 && all_there && project_path_ == files.project.path) return;
  sources_ = SourceMap();
  known_.clear();
  last_.reset();
}

bool Loader::load_project_file(const Files& files) {
  const ContentHash text = ContentHasher().add(files.project.text).add(files.project.unreadable).finish();
  if (sources_.size() > 0 && text == project_text_) return false;
  std::string shown = without_secrets(body_of(files.project));
  if (sources_.size() == 0) {
    sources_.add(files.project.path, std::move(shown));
  } else {
    sources_ = sources_.with(0, std::move(shown));
  }
  project_text_ = text;
  project_path_ = files.project.path;
  project_file_ = model::Project();
  project_diagnostics_ = Diagnostics();
  const std::optional<model::Node> root = read_tree(files.project, 0, model::project_spec(), options_, project_diagnostics_);
  if (root) read_project(*root, project_file_, ReadContext{options_.vocabulary, project_diagnostics_});
  return true;
}

bool Loader::load_pipelines(const std::vector<const File*>& ordered) {
  struct Task {
    const File* file;
    Known* known;
  };
  std::vector<Task> tasks;
  for (const File* file : ordered) {
    const auto [found, is_new] = known_.try_emplace(file->path);
    Known& known = found->second;
    if (is_new) {
      known.number = sources_.add(file->path, std::string(body_of(*file)));
    } else if (sources_.text(known.number) != body_of(*file)) {
      sources_ = sources_.with(known.number, std::string(body_of(*file)));
    } else if (known.unreadable == file->unreadable) {
      continue;
    }
    known.unreadable = file->unreadable;
    tasks.push_back({file, &known});
  }
  run_all(options_.executor, tasks.size(),
          [&](std::size_t i) { tasks[i].known->loaded = load_pipeline(*tasks[i].file, tasks[i].known->number, options_); });
  return !tasks.empty();
}

Loaded Loader::assemble(const std::string& root) const {
  Loaded result;
  auto project = std::make_shared<model::Project>(project_file_);
  project->root = root;
  project->sources = sources_;
  result.diagnostics = project_diagnostics_;
  std::vector<std::string> connections;
  for (const model::Connection& connection : project_file_.connections) connections.push_back(connection.name);
  std::map<std::uint32_t, const Known*> by_number;
  for (const auto& [path, known] : known_) by_number.emplace(known.number, &known);
  std::map<std::string, std::shared_ptr<const model::Pipeline>> by_name;
  for (const auto& [number, known] : by_number) {
    result.diagnostics.append(known->loaded.diagnostics);
    const std::shared_ptr<const model::Pipeline>& pipeline = known->loaded.pipeline;
    if (!pipeline) continue;
    if (pipeline->target) report_unknown_connection(*pipeline->target, connections, result.diagnostics);
    const auto [first, is_new] = by_name.emplace(pipeline->name, pipeline);
    if (is_new) continue;
    result.diagnostics.add(Diagnostic{Code::duplicate_name,
                                      Severity::error,
                                      pipeline->where,
                                      "the name \"" + pipeline->name + "\" is taken by another pipeline of the project",
                                      "",
                                      "rename one of them",
                                      {{first->second->where, "the first one"}}});
  }
  for (auto& [name, pipeline] : by_name) project->pipelines.push_back(std::move(pipeline));
  result.project = std::move(project);
  return result;
}

Loaded Loader::load(const Files& files) {
  const std::vector<const File*> ordered = ordered_by_path(files.pipelines);
  forget_unless_same_files(files, ordered);
  const bool project_changed = load_project_file(files);
  const bool pipelines_changed = load_pipelines(ordered);
  if (!last_ || project_changed || pipelines_changed || last_->project->root != files.root) last_ = assemble(files.root);
  return *last_;
}

Loaded load(const Files& files, const LoadOptions& options) { return Loader(options).load(files); }

}  // namespace penstock::yaml
