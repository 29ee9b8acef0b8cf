#include "daemon/cli/local_transport.h"

#include <unistd.h>

#include <algorithm>
#include <optional>

#include "daemon/api/identity.h"
#include "daemon/api/router.h"
#include "daemon/cli/answer.h"
#include "daemon/cli/daemon_file.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/loading.h"
#include "daemon/store/ownership.h"

namespace penstock::cli {
namespace {

constexpr const char* kLocalActor = "local";

void say(const Invocation& invocation, const std::string& text) {
  if (!invocation.quiet) invocation.err << text << std::endl;
}

/// Runs that an earlier process began and that go on here. The command that took them over stays with them to their end, so that one start
/// after a crash is enough; whoever does not want to wait leaves them to the next start.
class Adopted {
 public:
  Adopted(Invocation& invocation, run::Engine& engine) : invocation_(invocation), engine_(engine) {
    auto snapshot = engine.readers().snapshot();
    const auto open = snapshot ? snapshot->open_runs() : tl::unexpected(snapshot.error());
    if (!open) return;
    for (const store::OpenRun& each : *open) {
      runs_.push_back(each.run.id);
      say(invocation, each.run.id + " (" + each.run.pipeline + ") goes on here: an earlier process began it");
    }
  }

  void finish() {
    const Interrupts interrupts(invocation_.assembly.signals, [this](int, int) {
      say(invocation_, "left: the next start, of penstockd or of a run, goes on with it, and penstock cancel ends it");
      ::_exit(kInterrupted);
    });
    for (const std::string& id : runs_) {
      auto ended = engine_.wait(id, std::chrono::milliseconds(0));
      if (!ended || *ended) continue;
      say(invocation_, "waiting for " + id + ", which an earlier process began; Ctrl-C leaves it to the next start");
      while (ended && !*ended) ended = engine_.wait(id, std::chrono::hours(1));
    }
  }

 private:
  Invocation& invocation_;
  run::Engine& engine_;
  std::vector<std::string> runs_;
};

/// The routes in this process: with an engine that it owns, or over a store that it may only read.
class LocalTransport final : public Transport {
 public:
  LocalTransport(std::unique_ptr<run::Engine> engine, std::unique_ptr<store::Readers> readers, run::ProjectPtr project,
                 run::Connect connect, Invocation& invocation, bool adopts)
      : engine_(std::move(engine)),
        readers_(std::move(readers)),
        context_{engine_.get(),
                 engine_ ? engine_->readers() : *readers_,
                 [project] { return project; },
                 std::move(connect),
                 {},
                 invocation.assembly.version,
                 {},
                 false,
                 {}} {
    if (adopts) adopted_.emplace(invocation, *engine_);
  }

  ~LocalTransport() override {
    if (adopted_) adopted_->finish();
  }

  api::Response call(api::Request request) override {
    request.principal = api::Principal{kLocalActor, api::Role::admin};
    return api::dispatch(context_, std::move(request));
  }

  Result<void> follow(const std::string& topics, const OnEvent& on_event) override {
    api::Request request;
    request.method = "GET";
    request.path = "/api/v1/events";
    request.query.emplace("topics", topics);
    const api::Response response = call(std::move(request));
    if (!response.stream) return fail(ErrorKind::permanent, "no engine runs here");
    EventParser parser;
    bool wanted = true;
    response.stream([&](std::string_view bytes) { return wanted = parser.feed(bytes, on_event); });
    if (wanted) return fail(ErrorKind::storage, "the event stream ended");
    return {};
  }

 private:
  std::unique_ptr<run::Engine> engine_;
  std::unique_ptr<store::Readers> readers_;
  api::Context context_;
  std::optional<Adopted> adopted_;
};

run::Connect connect_for(const Invocation& invocation, const compiler::CompiledProject& project) {
  return invocation.assembly.connect_from(project.project->root);
}

/// The daemon that wrote the file in a state folder. After a crash another project's may answer at its address, or anything: it proves that
/// it wrote the file before it hears anything else, a token above all.
std::unique_ptr<Transport> serving_daemon(const Invocation& invocation, const std::string& folder) {
  constexpr std::chrono::seconds kProofPatience{5};
  const std::optional<ServedAt> served = served_at(folder);
  if (!served) return nullptr;
  const auto stranger = connect_to_server(served->url, {}, kProofPatience);
  if (!stranger) return nullptr;
  const std::string challenge = api::random_key();
  const Result<Json> alive = get(**stranger, "/livez?challenge=" + challenge);
  if (!alive || text_in(*alive, "proof") != api::identity_proof(served->key, challenge)) return nullptr;
  auto transport = connect_to_server(served->url, invocation.token);
  return transport ? std::move(*transport) : nullptr;
}

Result<std::string> environment_of(Transport& server) {
  const Result<Json> about = get(server, "/api/v1/server");
  if (!about) return tl::unexpected(about.error());
  return text_in(*about, "environment");
}

/// A daemon serves one environment; what was wanted for another one is not done there.
Result<std::unique_ptr<Transport>> in_environment(std::unique_ptr<Transport> server, const Invocation& invocation) {
  if (invocation.environment.empty()) return server;
  const Result<std::string> served = environment_of(*server);
  if (!served) return tl::unexpected(served.error());
  if (*served == invocation.environment) return server;
  return fail(ErrorKind::refused,
              "the daemon at " + server->address() + " serves the environment \"" + *served + "\", not \"" + invocation.environment + "\"",
              "leave out --env and PENSTOCK_ENV to work there, or name the daemon of that environment");
}

/// The daemon that serves the wanted environment of the project; null where there is none.
Result<std::unique_ptr<Transport>> daemon_of(const Invocation& invocation, const std::string& root) {
  const std::string& wanted = invocation.environment;
  if (!wanted.empty()) {
    if (auto daemon = serving_daemon(invocation, state_folder(root, wanted))) return daemon;
  }
  std::unique_ptr<Transport> first = serving_daemon(invocation, state_folder(root));
  if (first == nullptr || wanted.empty()) return first;
  const Result<std::string> served = environment_of(*first);
  if (!served) return tl::unexpected(served.error());
  return *served == wanted ? std::move(first) : nullptr;
}

/// Nobody named an environment, so it is the first one, which no daemon serves; perhaps another one was meant.
void say_who_else_serves(const Invocation& invocation, const std::string& root) {
  if (!invocation.environment.empty()) return;
  for (const std::string& name : environments_in(root)) {
    const auto daemon = serving_daemon(invocation, state_folder(root, name));
    if (daemon != nullptr) say(invocation, "a daemon serves the environment " + name + " of this folder: --env " + name + " goes there");
  }
}

/// Runs that nobody works on and that this command leaves alone, but for the run or backfill `ending`.
void say_what_lies_here(const Invocation& invocation, store::Readers& readers, const std::string& ending = {}) {
  constexpr std::size_t kMost = 10;
  auto snapshot = readers.snapshot();
  auto open = snapshot ? snapshot->open_runs() : tl::unexpected(snapshot.error());
  if (!open) return;
  std::erase_if(*open,
                [&](const store::OpenRun& each) { return !ending.empty() && (each.run.id == ending || each.run.backfill_id == ending); });
  if (open->empty()) return;
  for (std::size_t i = 0; i < std::min(open->size(), kMost); ++i) {
    const store::Run& run = (*open)[i].run;
    say(invocation, run.id + " (" + run.pipeline + ") lies here since its process ended");
  }
  if (open->size() > kMost) say(invocation, "... and " + std::to_string(open->size() - kMost) + " more");
  say(invocation, "penstockd, run, retry and backfill go on with what lies here; penstock cancel RUN ends it");
}

Result<std::unique_ptr<Transport>> read_here(Invocation& invocation, Access access, const std::string& store, run::ProjectPtr project) {
  auto readers = store::Readers::open(store);
  if (!readers && readers.error().kind == ErrorKind::not_found) readers = store::Readers::empty();
  if (!readers) return tl::unexpected(readers.error());
  if (access == Access::read && !store::Ownership::holder(store)) say_what_lies_here(invocation, **readers);
  return std::make_unique<LocalTransport>(nullptr, std::move(*readers), project, connect_for(invocation, *project), invocation, false);
}

run::EngineConfig engine_config(const Invocation& invocation, const std::string& store, const compiler::CompiledProject& project) {
  run::EngineConfig config;
  config.store_path = store;
  config.owner = "penstock, process " + std::to_string(::getpid());
  config.connect = connect_for(invocation, project);
  config.recompile = run::recompile;
  config.schedules = false;
  const auto say = [&invocation](const std::string& text) {
    if (!invocation.quiet) invocation.err << text << std::endl;
  };
  config.on_note = say;
  config.on_trouble = [say](const std::optional<Error>& error) {
    say(error ? error->message + "; waiting for it" : "the store takes changes again");
  };
  // Whoever follows a run would wait for events that nobody writes any more.
  config.on_halt = [&invocation](const Error& error) { leave(invocation, error); };
  return config;
}

Result<std::unique_ptr<Transport>> work_here(Invocation& invocation, run::EngineConfig config, run::ProjectPtr project) {
  const std::string ending = config.ending;
  auto engine = run::Engine::start(std::move(config), project);
  if (!engine) return tl::unexpected(engine.error());
  if (!ending.empty()) say_what_lies_here(invocation, (*engine)->readers(), ending);
  return std::make_unique<LocalTransport>(std::move(*engine), nullptr, project, connect_for(invocation, *project), invocation,
                                          ending.empty());
}

}  // namespace

Error no_daemon(std::string_view what) {
  Error error;
  error.kind = ErrorKind::refused;
  error.message = "there is no daemon to leave the " + std::string(what) + " to";
  error.hint = "start penstockd, or leave out --detach";
  return error;
}

Result<std::unique_ptr<Transport>> open_transport(Invocation& invocation, Access access) {
  if (!invocation.server.empty()) {
    auto server = connect_to_server(invocation.server, invocation.token);
    return server ? in_environment(std::move(*server), invocation) : std::move(server);
  }
  const Result<std::string> root = project_root(invocation);
  if (!root) return tl::unexpected(root.error());
  Result<std::unique_ptr<Transport>> daemon = daemon_of(invocation, *root);
  if (!daemon || *daemon != nullptr) return daemon;
  say_who_else_serves(invocation, *root);
  Result<run::ProjectPtr> project = access == Access::change ? load_sound(invocation) : load_here(invocation);
  if (!project) return tl::unexpected(project.error());
  if (const Result<void> known = check_environment(**project); !known) return tl::unexpected(known.error());
  const std::string folder = state_folder(*root, **project);
  const std::string store = folder + "/store.db";
  if (access != Access::change) return read_here(invocation, access, store, std::move(*project));
  if (const std::string elsewhere = about_shared_store(*root, **project); !elsewhere.empty()) say(invocation, elsewhere);
  make_state_folder(folder);
  return work_here(invocation, engine_config(invocation, store, **project), *project);
}

Result<std::unique_ptr<Transport>> open_to_cancel(Invocation& invocation, const std::string& id, const std::string& note) {
  const Result<std::string> root = project_root(invocation);
  if (!root) return tl::unexpected(root.error());
  const Result<run::ProjectPtr> project = load_here(invocation);
  if (!project) return tl::unexpected(project.error());
  run::EngineConfig config = engine_config(invocation, state_folder(*root, **project) + "/store.db", **project);
  config.ending = id;
  config.actor = kLocalActor;
  config.note = note;
  return work_here(invocation, std::move(config), *project);
}

}  // namespace penstock::cli
