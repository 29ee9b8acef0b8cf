#include "daemon/cli/penstockd.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/api/identity.h"
#include "daemon/api/server.h"
#include "daemon/cli/daemon_file.h"
#include "daemon/cli/folder_watch.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/options.h"
#include "daemon/run/project_folder.h"

namespace penstock::cli {
namespace {

constexpr int kUsualPort = 4780;

struct DaemonFlags {
  std::string folder = ".";
  std::string environment;
  std::string host = "127.0.0.1";
  int port = kUsualPort;
  std::string tokens_file;
  std::string certificate;
  std::string key;
  std::string log_level = "info";
  std::string on_stop = "detach";
  int patience_seconds = 60;
  bool check = false;
};

void add_flags(Options& application, DaemonFlags& flags) {
  application.option("-C,--project", flags.folder, "Folder of the project").type_name("DIR");
  application.option("-e,--env", flags.environment, "Environment of penstock.yaml").type_name("NAME");
  application.option("--host", flags.host, "Address to listen on; beyond this machine only with TLS and tokens").type_name("ADDRESS");
  application.option("--port", flags.port, "Port, or 0 for any free one").check(between(0, 65535)).type_name("PORT");
  application.option("--tokens", flags.tokens_file, "File with lines of NAME ROLE SHA256 (viewer, operator, admin)")
      .check(is_given)
      .type_name("FILE");
  Option certificate = application.option("--tls-certificate", flags.certificate, "Certificate as a PEM file");
  Option key = application.option("--tls-key", flags.key, "Its key as a PEM file");
  certificate.check(is_given).needs(key).type_name("FILE");
  key.check(is_given).needs(certificate).type_name("FILE");
  application.option("--log-level", flags.log_level, "debug, info, warn or error")
      .check(one_of({"debug", "info", "warn", "error"}))
      .type_name("LEVEL");
  application.option("--on-stop", flags.on_stop, "What SIGTERM does with running statements: detach, drain or cancel")
      .check(one_of({"detach", "drain", "cancel"}))
      .type_name("WAY");
  application.option("--patience", flags.patience_seconds, "Seconds that drain and cancel may take").type_name("N");
  application.flag("--check", flags.check, "Only load the project and say what is wrong");
}

/// The project in force and how its last load went. Any thread.
class LiveProject {
 public:
  LiveProject(std::string root, std::string environment) : root_(std::move(root)), loader_(std::move(environment)) {}

  Result<run::ProjectPtr> load_first() {
    Result<run::ProjectPtr> loaded = load();
    if (!loaded) return loaded;
    const std::lock_guard lock(mutex_);
    current_ = *loaded;
    report_.at = now();
    return loaded;
  }

  /// All or nothing: a folder with errors leaves the version before in force and says why. Whoever follows the events hears of it once
  /// the report tells it.
  void reload(run::Engine& engine) {
    const std::lock_guard one_at_a_time(loading_);
    const Result<run::ProjectPtr> loaded = load();
    const bool faulty = loaded && (*loaded)->diagnostics.has_errors();
    const bool same = loaded && *loaded == current();
    const Result<void> taken = !loaded ? tl::unexpected(loaded.error()) : faulty || same ? Result<void>() : engine.reload(*loaded);
    {
      const std::lock_guard lock(mutex_);
      report_.refused = faulty ? *loaded : nullptr;
      report_.failure = taken ? std::nullopt : std::optional(taken.error());
      if (!report_.failed()) {
        current_ = *loaded;
        report_.at = now();
      }
    }
    if (!taken) {
      spdlog::error("reload: {}", taken.error().message);
    } else if (faulty) {
      spdlog::error("reload: {} errors, the version before stays in force", (*loaded)->diagnostics.error_count());
    } else {
      spdlog::info("reload: {} pipelines, {} steps", (*loaded)->project->pipelines.size(), (*loaded)->steps.size());
    }
    store::Event event;
    event.kind = store::Event::Kind::server;
    event.subject = "load";
    event.state = taken && !faulty ? "ok" : "failed";
    if (const auto told = engine.announce(std::move(event)); !told) spdlog::warn("reload: {}", told.error().message);
  }

  run::ProjectPtr current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  api::LoadReport report() const {
    const std::lock_guard lock(mutex_);
    return report_;
  }

 private:
  static store::Time now() { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }

  Result<run::ProjectPtr> load() {
    auto files = run::read_project(root_);
    if (!files) return tl::unexpected(files.error());
    return loader_.load(root_, std::move(*files));
  }

  std::string root_;
  std::mutex loading_;
  run::ProjectLoader loader_;
  mutable std::mutex mutex_;  // Guards what follows.
  run::ProjectPtr current_;
  api::LoadReport report_;
};

void say_what_goes_on(run::Engine& engine) {
  auto snapshot = engine.readers().snapshot();
  const auto open = snapshot ? snapshot->open_runs() : tl::unexpected(snapshot.error());
  if (open && !open->empty()) spdlog::info("goes on with {} runs that an earlier process left", open->size());
}

std::string text_of(const Error& error) { return error.message + (error.hint.empty() ? "" : "; ") + error.hint; }

int fail_with(const Error& error) {
  spdlog::error("{}", text_of(error));
  return exit_code_for(error.kind);
}

/// Says when the store stops taking changes, and for how long it did not.
class TroubleLog {
 public:
  void take(const std::optional<Error>& trouble) {
    const auto now = std::chrono::steady_clock::now();
    if (trouble) {
      begin_ = now;
      spdlog::error("{}; nothing new starts, and what waits is tried again", text_of(*trouble));
    } else {
      spdlog::info("the store takes changes again, after {} s", std::chrono::ceil<std::chrono::seconds>(now - begin_).count());
    }
  }

 private:
  std::chrono::steady_clock::time_point begin_;  // The store's writer alone calls.
};

Result<std::vector<api::TokenRule>> read_tokens(const std::string& path) {
  if (path.empty()) return std::vector<api::TokenRule>{};
  std::ifstream file(path);
  if (!file) return fail(ErrorKind::invalid_input, "cannot read the token file " + path);
  std::stringstream text;
  text << file.rdbuf();
  auto tokens = api::parse_tokens(text.str());
  if (tokens && tokens->empty()) {
    return fail(ErrorKind::invalid_input, "the token file " + path + " holds no token, and without tokens everybody may do everything",
                "a line is NAME ROLE SHA256; leave out --tokens where that is meant");
  }
  return tokens;
}

run::StopMode stop_mode(const std::string& name) {
  return name == "drain" ? run::StopMode::drain : name == "cancel" ? run::StopMode::cancel : run::StopMode::detach;
}

/// SIGTERM and SIGINT stop the daemon, also while it is still starting; SIGINT after that ends it at once. SIGHUP loads the project again,
/// except where it came because the terminal was closed: nobody could stop what then went on.
class UntilStopped {
 public:
  explicit UntilStopped(Signals* signals) : interrupts_(signals, [this](int signal, int) { take(signal); }) {}

  /// The engine has ended by itself. Any thread.
  void end(const Error& error) {
    const std::lock_guard lock(mutex_);
    failure_ = error;
    stopped_ = true;
    changed_.notify_all();
  }

  std::optional<Error> failure() {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

  /// Calls `reload` for every SIGHUP, for one that came before this call too.
  void wait(const std::function<void()>& reload) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopped_ || hung_up_; });
      if (stopped_) return;
      hung_up_ = false;
      lock.unlock();
      reload();
      lock.lock();
    }
  }

 private:
  void take(int signal) {
    const std::lock_guard lock(mutex_);
    if (signal == SIGHUP && !(had_terminal_ && isatty(STDERR_FILENO) == 0)) {
      hung_up_ = true;
    } else {
      if (signal == SIGINT && stopped_) ::_exit(kInterrupted);
      stopped_ = true;
    }
    changed_.notify_all();
  }

  const bool had_terminal_ = isatty(STDERR_FILENO) != 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  bool hung_up_ = false;
  std::optional<Error> failure_;
  Interrupts interrupts_;
};

int serve(const DaemonFlags& flags, const std::string& root, const Assembly& assembly) {
  UntilStopped until(assembly.signals);
  if (!flags.check) make_state_folder(root);
  auto watch = FolderWatch::open(root);
  if (!watch) spdlog::warn("{}; {}", watch.error().message, watch.error().hint);
  LiveProject project(root, flags.environment);
  const Result<run::ProjectPtr> first = project.load_first();
  if (!first) return fail_with(first.error());
  if ((*first)->diagnostics.has_errors()) {
    std::cerr << render((*first)->diagnostics.sorted(), (*first)->project->sources);
    if (flags.check) return kInvalid;
    spdlog::warn("the project has errors: its faulty pipelines do not start");
  }
  if (flags.check) return kSuccess;
  const Result<std::vector<api::TokenRule>> tokens = read_tokens(flags.tokens_file);
  if (!tokens) return fail_with(tokens.error());

  run::EngineConfig config;
  config.store_path = state_folder(root) + "/store.db";
  config.owner = "penstockd, process " + std::to_string(::getpid());
  config.connect = assembly.connect_from(root);
  config.recompile = run::recompile;
  TroubleLog trouble;
  config.store_patience = std::nullopt;
  config.on_trouble = [&trouble](const std::optional<Error>& error) { trouble.take(error); };
  config.on_note = [](const std::string& text) { spdlog::warn("{}", text); };
  config.on_halt = [&until](const Error& error) { until.end(error); };
  auto engine = run::Engine::start(std::move(config), *first);
  if (!engine) return fail_with(engine.error());
  say_what_goes_on(**engine);

  api::Context context{engine->get(),
                       (*engine)->readers(),
                       [&project] { return project.current(); },
                       assembly.connect_from(root),
                       [&project] { return project.report(); },
                       assembly.version,
                       project.report().at,
                       false,
                       {}};
  context.identity_key = api::random_key();
  api::ServerOptions options{flags.host, flags.port, flags.certificate, flags.key, *tokens, {}, assembly.asset};
  auto server = api::Server::start(std::move(options), context);
  if (!server) return fail_with(server.error());
  const DaemonFile daemon_file(root, (*server)->url(), context.identity_key);
  spdlog::info("{} {} serves {} at {}", "penstockd", assembly.version, root, (*server)->url());

  const auto reload = [&] {
    assembly.forget_secrets();
    project.reload(**engine);
  };
  if (watch) (*watch)->start(reload);
  until.wait(reload);
  const std::optional<Error> failure = until.failure();
  if (failure) {
    spdlog::error("ends: {}", text_of(*failure));
  } else {
    spdlog::info("stopping: {}", flags.on_stop);
  }
  if (watch) watch->reset();
  (*server)->stop();
  const run::StopMode mode = failure ? run::StopMode::detach : stop_mode(flags.on_stop);
  const auto stopped = (*engine)->stop(mode, std::chrono::seconds(flags.patience_seconds));
  if (!stopped) spdlog::warn("{}", stopped.error().message);
  return failure ? exit_code_for(failure->kind) : kSuccess;
}

}  // namespace

int run_daemon(int argc, const char* const* argv, const Assembly& assembly) {
  CommandLine line("penstockd", "penstockd runs the pipelines of a project folder on their schedules and serves its REST API and dashboard",
                   assembly.version);
  line.options().footer(
      "SIGTERM, SIGINT (Ctrl-C) and a closed terminal stop it as --on-stop says; Ctrl-C after that ends it at once. SIGHUP loads the\n"
      "project again; a changed file does, too. Exit codes: 0 stopped as asked, 1 its store failed for good, 2 wrong use or a faulty\n"
      "project, 3 refused, such as a store that another process owns or that was moved away under it, 5 the address cannot be listened\n"
      "on, 130 ended by a second Ctrl-C.");
  DaemonFlags flags;
  add_flags(line.options(), flags);
  if (const std::optional<int> ended = line.parse(argc, argv)) return *ended;
  spdlog::set_default_logger(spdlog::stderr_logger_mt("penstockd"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  spdlog::set_level(spdlog::level::from_str(flags.log_level));
  const Result<std::string> root = run::find_project(flags.folder);
  if (!root) return fail_with(root.error());
  return serve(flags, *root, assembly);
}

}  // namespace penstock::cli
