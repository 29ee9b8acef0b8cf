#include "daemon/cli/penstockd.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "daemon/api/identity.h"
#include "daemon/api/server.h"
#include "daemon/cli/daemon_file.h"
#include "daemon/cli/event_log.h"
#include "daemon/cli/folder_watch.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/log.h"
#include "daemon/cli/options.h"
#include "daemon/cli/table.h"
#include "daemon/run/project_folder.h"

namespace penstock::cli {
namespace {

constexpr int kUsualPort = 4780;
/// Clients wait for it, and a supervisor for all of the stop: usually 90 s.
constexpr std::chrono::seconds kStorePatienceAtStop{2};

struct DaemonFlags {
  std::string folder = ".";
  std::string environment;
  std::string host = "127.0.0.1";
  int port = kUsualPort;
  std::string tokens_file;
  std::string certificate;
  std::string key;
  std::string log_level = "info";
  std::string log_format = "text";
  std::string on_stop = "detach";
  int patience_seconds = 60;
  bool check = false;
};

void add_flags(Options& application, DaemonFlags& flags) {
  application.option("-C,--project", flags.folder, "Folder of the project").type_name("DIR");
  application.option("-e,--env", flags.environment, "Environment of penstock.yaml; each has a store of its own").type_name("NAME");
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
  application.option("--log-format", flags.log_format, "text, or json: an object a line with its fields")
      .check(one_of({"text", "json"}))
      .type_name("FORMAT");
  application.option("--on-stop", flags.on_stop, "What SIGTERM does with running statements: detach, drain or cancel")
      .check(one_of({"detach", "drain", "cancel"}))
      .type_name("WAY");
  application.option("--patience", flags.patience_seconds, "Seconds that drain and cancel may take").type_name("N");
  application.flag("--check", flags.check, "Only load the project and say what is wrong");
}

void log_error(const std::string& event, const std::string& what, const Error& error) {
  LogLine line{LogLevel::error, event, what + error.message + (error.hint.empty() ? "" : "; " + error.hint)};
  line.fields["error"] = name_of(error.kind);
  log(line);
}

/// A line for every fault of a project, with its place.
void log_faults(const std::string& event, const std::string& what, const compiler::CompiledProject& project) {
  const SourceMap& sources = project.project->sources;
  const std::vector<Diagnostic> faults = project.diagnostics.sorted();
  const std::size_t shown = std::min(faults.size(), RenderOptions().most);
  for (const Diagnostic& fault : std::span(faults).first(shown)) {
    const bool is_error = fault.severity == Severity::error;
    LogLine line{is_error ? LogLevel::error : LogLevel::warn, event + (is_error ? ".fault" : ".warning"), what};
    if (fault.where && fault.where.file < sources.size()) {
      line.fields = {{"file", sources.path(fault.where.file)}, {"line", fault.where.line}, {"column", fault.where.column}};
      line.message +=
          sources.path(fault.where.file) + ":" + std::to_string(fault.where.line) + ":" + std::to_string(fault.where.column) + ": ";
    }
    line.message += fault.message;
    for (const std::string& more : {fault.suggestion, fault.help}) line.message += more.empty() ? "" : "; " + more;
    line.fields["code"] = to_string(fault.code);
    log(line);
  }
  if (faults.size() > shown) log({LogLevel::warn, event + ".more", what + "and " + std::to_string(faults.size() - shown) + " faults more"});
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
    if (loaded && !same) log_faults("reload", "reload: ", **loaded);
    if (!taken) {
      log_error("reload.failed", "reload: ", taken.error());
    } else if (faulty) {
      const std::size_t errors = (*loaded)->diagnostics.error_count();
      log({LogLevel::error,
           "reload.refused",
           "reload: the version before stays in force, because of errors in the new one",
           {{"errors", errors}}});
    } else {
      const std::size_t pipelines = (*loaded)->project->pipelines.size();
      const std::size_t steps = (*loaded)->steps.size();
      log({LogLevel::info,
           "reload.done",
           "reload: " + std::to_string(pipelines) + " pipelines, " + std::to_string(steps) + " steps",
           {{"pipelines", pipelines}, {"steps", steps}, {"changed", !same}}});
    }
    store::Event event;
    event.kind = store::Event::Kind::server;
    event.subject = "load";
    event.state = taken && !faulty ? "ok" : "failed";
    if (const auto told = engine.announce(std::move(event)); !told) log_error("reload.untold", "reload: ", told.error());
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

int fail_to_start(const Error& error) {
  log_error("start.failed", "", error);
  return exit_code_for(error.kind);
}

/// Says when the store stops taking changes, and for how long it did not.
class TroubleLog {
 public:
  void take(const std::optional<Error>& trouble) {
    const auto now = std::chrono::steady_clock::now();
    if (trouble) {
      begin_ = now;
      log_error("store.trouble", "nothing new starts, and what waits is tried again: ", *trouble);
    } else {
      const auto seconds = std::chrono::ceil<std::chrono::seconds>(now - begin_).count();
      log({LogLevel::info, "store.works", "the store takes changes again, after " + std::to_string(seconds) + " s"});
    }
  }

 private:
  std::chrono::steady_clock::time_point begin_;  // The store's writer alone calls.
};

std::size_t count_open_runs(run::Engine& engine) {
  auto snapshot = engine.readers().snapshot();
  const auto open = snapshot ? snapshot->open_runs() : tl::unexpected(snapshot.error());
  return open ? open->size() : 0;
}

/// Says when the daemon stops being ready for work, and when it is again; so it is known since when, whoever asks how seldom.
class ReadinessLog {
 public:
  explicit ReadinessLog(api::Context& context) : thread_([this, &context](const std::stop_token& stop) { watch(context, stop); }) {}

 private:
  void watch(api::Context& context, const std::stop_token& stop) {
    constexpr std::chrono::seconds kPause{1};
    std::map<std::string, api::ReadyCheck::State> told;
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      for (const api::ReadyCheck& check : api::look_at_readiness(context)) {
        const auto [before, is_new] = told.try_emplace(check.name, api::ReadyCheck::State::ok);
        if (check.decides && before->second != check.state) say(check);
        before->second = check.state;
      }
      changed_.wait_for(lock, stop, kPause, [] { return false; });
    }
  }

  static void say(const api::ReadyCheck& check) {
    const bool is_ok = check.state == api::ReadyCheck::State::ok;
    log({is_ok ? LogLevel::info : LogLevel::error,
         is_ok ? "ready.again" : "ready.failed",
         is_ok ? "ready again: " + check.name : "not ready: " + check.message,
         {{"check", check.name}}});
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;
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

LogLevel log_level(const std::string& name) {
  return name == "debug" ? LogLevel::debug : name == "warn" ? LogLevel::warn : name == "error" ? LogLevel::error : LogLevel::info;
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
  auto watch = FolderWatch::open(root);
  LiveProject project(root, flags.environment);
  const Result<run::ProjectPtr> first = project.load_first();
  if (!first) return fail_to_start(first.error());
  if (flags.check) {
    std::cerr << render((*first)->diagnostics.sorted(), (*first)->project->sources);
    return (*first)->diagnostics.has_errors() ? kInvalid : kSuccess;
  }
  log({LogLevel::info,
       "start",
       "penstockd " + assembly.version + " starts",
       {{"project", (*first)->project->name}, {"environment", (*first)->environment}, {"folder", root}, {"process", ::getpid()}}});
  if (!watch) log({LogLevel::warn, "watch.failed", watch.error().message + "; " + watch.error().hint});
  log_faults("load", "load: ", **first);
  if (const Result<void> known = check_environment(**first); !known) return fail_to_start(known.error());
  if ((*first)->diagnostics.has_errors()) log({LogLevel::warn, "load.faulty", "the project has errors: its faulty pipelines do not start"});
  const Result<std::vector<api::TokenRule>> tokens = read_tokens(flags.tokens_file);
  if (!tokens) return fail_to_start(tokens.error());

  const std::string folder = state_folder(root, **first);
  if (const std::string elsewhere = about_shared_store(root, **first); !elsewhere.empty())
    log({LogLevel::warn, "store.elsewhere", elsewhere});
  make_state_folder(folder);
  run::EngineConfig config;
  config.store_path = folder + "/store.db";
  config.owner = "penstockd, process " + std::to_string(::getpid());
  config.connect = assembly.connect_from(root);
  config.recompile = run::recompile;
  TroubleLog trouble;
  config.store_patience = std::nullopt;
  config.on_trouble = [&trouble](const std::optional<Error>& error) { trouble.take(error); };
  config.on_note = [](const std::string& text) { log({LogLevel::warn, "note", text}); };
  config.on_halt = [&until](const Error& error) { until.end(error); };
  const EventLog::Before before = EventLog::look_into(config.store_path);
  auto engine = run::Engine::start(std::move(config), *first);
  if (!engine) return fail_to_start(engine.error());
  auto events = std::make_unique<EventLog>(**engine, before);

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
  if (!server) return fail_to_start(server.error());
  const DaemonFile daemon_file(folder, (*server)->url(), context.identity_key);
  spdlog::info("{} {} serves {} at {}", "penstockd", assembly.version, root, (*server)->url());

  const auto reload = [&] {
    assembly.forget_secrets();
    project.reload(**engine);
  };
  {
    const ReadinessLog readiness(context);
    if (watch) (*watch)->start(reload);
    until.wait(reload);
  }
  const std::optional<Error> failure = until.failure();
  if (failure) {
    log_error("halted", "ends: ", *failure);
  } else {
    log({LogLevel::info, "stop", "stopping: " + flags.on_stop});
  }
  if (watch) watch->reset();
  (*engine)->limit_store_patience(kStorePatienceAtStop);
  (*server)->stop();
  const run::StopMode mode = failure ? run::StopMode::detach : stop_mode(flags.on_stop);
  const auto stopped = (*engine)->stop(mode, std::chrono::seconds(flags.patience_seconds));
  events.reset();
  if (!stopped) log({LogLevel::warn, "stop.left", stopped.error().message + "; " + stopped.error().hint});
  if (failure) return exit_code_for(failure->kind);
  const std::size_t left = count_open_runs(**engine);
  log({LogLevel::info,
       "stopped",
       left == 0 ? "stopped" : "stopped; " + counted(static_cast<long long>(left), "run") + " left to the next start",
       {{"open_runs", left}}});
  return kSuccess;
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
  open_log(flags.log_format == "json" ? LogFormat::json : LogFormat::text, log_level(flags.log_level));
  const Result<std::string> root = run::find_project(flags.folder);
  if (!root) return fail_to_start(root.error());
  return serve(flags, *root, assembly);
}

}  // namespace penstock::cli
