#include "daemon/store/store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "daemon/store/apply.h"
#include "daemon/store/connection.h"
#include "daemon/store/mark.h"
#include "daemon/store/ownership.h"
#include "daemon/store/pruning.h"

namespace penstock::store {
namespace {

constexpr std::size_t kLargestBatch = 512;
constexpr int kCheckpointPages = 4000;
constexpr std::int64_t kTransactionsPerExpiry = 2000;
constexpr std::chrono::hours kPruningPeriod{1};
constexpr std::chrono::milliseconds kPruningPause{20};
/// When nothing is to do: how often the writer looks whether the files are still the named ones, and brings the WAL into the database.
constexpr std::chrono::seconds kIdleTurn{2};
constexpr std::chrono::milliseconds kLongestRetryPause{1000};
constexpr std::chrono::seconds kCheckpointPatience{2};

std::int64_t pragma(Connection& connection, const char* sql) { return connection.database().execAndGet(sql).getInt64(); }

/// A disk has room again, and a network drive answers again; one that the kernel has made read-only stays so.
bool may_pass(int code, const std::string& path) {
  if (code == SQLITE_IOERR) return ::access(path.c_str(), W_OK) == 0 || errno != EROFS;
  return code == SQLITE_FULL || code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_NOMEM;
}

Error moved_error(const std::string& path) {
  return {ErrorKind::refused,
          "the file " + path + " was moved, removed or replaced while this process used it",
          "nothing more is started or recorded here; put it back, or leave what is there now, and start again",
          {},
          {},
          -1};
}

/// Runs and their errors tell what is in the tables: a store that is made now is its user's alone, and SQLite gives its WAL the same bits.
/// What fails here shows when the store is opened.
void make_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file >= 0) ::close(file);
}

}  // namespace

/// The writer thread and its queue.
class Store::Writer {
 public:
  Writer(Options options, Ownership ownership, std::unique_ptr<Connection> connection, std::int64_t epoch)
      : options_(std::move(options)),
        ownership_(std::move(ownership)),
        connection_(std::move(connection)),
        epoch_(epoch),
        files_({options_.path, options_.path + "-wal", options_.path + "-shm", options_.path + ".lock"}),
        mark_(options_.path),
        patience_(options_.patience) {
    read_mark();
    thread_ = std::thread([this] { work(); });
  }

  ~Writer() { close(); }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_all();
    const std::lock_guard lock(close_mutex_);
    if (!thread_.joinable()) return;
    thread_.join();
    connection_.reset();
    ownership_.reset();
  }

  void put(Transaction transaction, Urgency urgency, Done done) {
    std::optional<Error> refused;
    {
      const std::lock_guard lock(mutex_);
      if (failed_) {
        refused = failed_;
      } else if (closing_) {
        refused = Error{ErrorKind::storage, "the store is closing", {}, {}, {}, -1};
      } else if (queue_.size() >= options_.queue_limit) {
        refused = Error{ErrorKind::resource, "too many changes wait for the store", "try again in a moment", {}, {}, -1};
      } else {
        queue_.push_back({std::move(transaction), std::move(done)});
        if (urgency == Urgency::now) {
          urgent_ = true;
        } else if (!linger_until_) {
          linger_until_ = std::chrono::steady_clock::now() + options_.linger;
        }
      }
    }
    if (refused) {
      if (done) done(fail(*refused));
      return;
    }
    wake_.notify_one();
  }

  void limit_patience(std::chrono::milliseconds most) {
    {
      const std::lock_guard lock(mutex_);
      patience_ = patience_ ? std::min(*patience_, most) : most;
    }
    wake_.notify_all();
  }

  void listen(std::function<void(const std::vector<Event>&)> listener) {
    const std::lock_guard lock(listener_mutex_);
    listener_ = std::move(listener);
  }

  void watch(std::function<void(const std::optional<Trouble>&)> watcher) {
    const std::lock_guard lock(listener_mutex_);
    watcher_ = std::move(watcher);
  }

  std::int64_t epoch() const { return epoch_; }
  std::optional<Time> older_than() const { return older_than_; }

  std::chrono::milliseconds since_turn() const {
    const std::lock_guard lock(mutex_);
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - turned_);
  }
  const Options& options() const { return options_; }

  Counts counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

  std::optional<Error> health() const {
    const std::lock_guard lock(mutex_);
    return health_;
  }

 private:
  struct Waiting {
    Transaction transaction;
    Done done;
  };
  struct Committed {
    std::vector<Result<void>> results;
    std::vector<Event> events;
  };

  void work() {
    for (;;) {
      std::vector<Waiting> batch = take();
      if (batch.empty()) {
        if (is_closing()) break;
        rest();
        continue;
      }
      Committed committed = commit_patiently(batch);
      tell(batch, committed);
      begin_pruning(batch.back().transaction.at);
      transactions_since_expiry_ += static_cast<std::int64_t>(batch.size());
      if (transactions_since_expiry_ >= kTransactionsPerExpiry) expire(batch.back().transaction.at);
    }
    if (!failure()) checkpoint(kCheckpointPatience);
  }

  /// Nothing waits.
  void rest() {
    if (failure()) return;
    if (const auto moved = files_.moved()) return give_up(moved_error(*moved));
    if (pruning_) {
      prune();
    } else if (wal_holds_changes_) {
      checkpoint(std::chrono::milliseconds(0));
    }
  }

  /// Waits until something must be written; everything that waits then goes together. Empty when the store closes, and where nothing came
  /// for a while.
  std::vector<Waiting> take() {
    std::unique_lock lock(mutex_);
    for (;;) {
      turned_ = std::chrono::steady_clock::now();
      if (urgent_ || (closing_ && !queue_.empty())) break;
      if (closing_) return {};
      if (!linger_until_) {
        const auto length = pruning_ ? kPruningPause : std::chrono::milliseconds(kIdleTurn);
        if (wake_.wait_for(lock, length) == std::cv_status::timeout) return {};
      } else if (wake_.wait_until(lock, *linger_until_) == std::cv_status::timeout) {
        break;
      }
    }
    std::vector<Waiting> batch;
    while (!queue_.empty() && batch.size() < kLargestBatch) {
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    if (queue_.empty()) {
      urgent_ = false;
      linger_until_.reset();
    }
    return batch;
  }

  Committed commit_patiently(const std::vector<Waiting>& batch) {
    std::optional<Error> error = failure();
    const auto begin = std::chrono::steady_clock::now();
    std::chrono::milliseconds pause{20};
    while (!error) {
      Committed committed;
      const std::optional<Trouble> trouble = commit_once(batch, committed);
      note(trouble);
      if (!trouble) return committed;
      if (trouble->is_final || !wait_to_try_again(begin, pause)) {
        error = trouble->error;
        give_up(*error);
      }
      pause = std::min(pause * 2, kLongestRetryPause);
    }
    return {std::vector<Result<void>>(batch.size(), fail(*error)), {}};
  }

  /// False when there is no more time, or when the store closes.
  bool wait_to_try_again(std::chrono::steady_clock::time_point begin, std::chrono::milliseconds pause) {
    std::unique_lock lock(mutex_);
    turned_ = std::chrono::steady_clock::now();
    if (patience_) pause = std::min(pause, std::chrono::ceil<std::chrono::milliseconds>(begin + *patience_ - turned_));
    return pause > std::chrono::milliseconds(0) && !wake_.wait_for(lock, pause, [this] { return closing_; });
  }

  /// All of the batch in one commit; a transaction that meets a conflict is left out alone.
  std::optional<Trouble> commit_once(const std::vector<Waiting>& batch, Committed& committed) {
    if (const auto moved = files_.moved()) return Trouble{moved_error(*moved), true};
    SQLite::Database& database = connection_->database();
    try {
      database.exec("BEGIN IMMEDIATE");
      const bool fenced = Query(connection_->prepare("SELECT 1 FROM daemon WHERE epoch <> ?")).in(epoch_).next();
      for (const Waiting& waiting : batch) {
        if (fenced) {
          committed.results.push_back(fail(ErrorKind::refused, "another process has taken over the store"));
          continue;
        }
        const std::size_t events_before = committed.events.size();
        database.exec("SAVEPOINT one");
        try {
          apply(*connection_, waiting.transaction, committed.events);
          committed.results.emplace_back();
        } catch (const Conflict& conflict) {
          database.exec("ROLLBACK TO one");
          committed.events.resize(events_before);
          committed.results.push_back(fail(ErrorKind::conflict, conflict.message));
        } catch (const SQLite::Exception& exception) {
          // A row that breaks a rule of the schema is that transaction's own fault, and nobody else pays for it.
          if (exception.getErrorCode() != SQLITE_CONSTRAINT) throw;
          database.exec("ROLLBACK TO one");
          committed.events.resize(events_before);
          committed.results.push_back(
              fail(ErrorKind::conflict, std::string("a change breaks a rule of the store: ") + exception.getErrorStr()));
        }
        database.exec("RELEASE one");
      }
      database.exec("COMMIT");
    } catch (const SQLite::Exception& exception) {
      const Trouble trouble = trouble_of(exception);
      if (sqlite3_get_autocommit(database.getHandle()) == 0) sqlite3_exec(database.getHandle(), "ROLLBACK", nullptr, nullptr, nullptr);
      return trouble;
    }
    // What went into a file that nobody finds any more is not durable.
    if (const auto moved = files_.moved()) return Trouble{moved_error(*moved), true};
    wal_holds_changes_ = true;
    note_commit(batch, committed);
    return std::nullopt;
  }

  Trouble trouble_of(const SQLite::Exception& exception) const {
    return {storage_error(exception, options_.path), !may_pass(exception.getErrorCode(), options_.path)};
  }

  std::optional<Error> failure() const {
    const std::lock_guard lock(mutex_);
    return failed_;
  }

  void note(const std::optional<Trouble>& trouble) {
    bool is_news = false;
    {
      const std::lock_guard lock(mutex_);
      is_news = trouble.has_value() != health_.has_value();
      health_ = trouble ? std::optional(trouble->error) : std::nullopt;
    }
    if (is_news && !(trouble && trouble->is_final)) tell_watcher(trouble);
  }

  void give_up(const Error& error) {
    {
      const std::lock_guard lock(mutex_);
      health_ = error;
      failed_ = error;
    }
    tell_watcher(Trouble{error, true});
  }

  void tell_watcher(const std::optional<Trouble>& trouble) {
    std::function<void(const std::optional<Trouble>&)> watcher;
    {
      const std::lock_guard lock(listener_mutex_);
      watcher = watcher_;
    }
    if (watcher) watcher(trouble);
  }

  void read_mark() {
    last_event_ = pragma(*connection_, "SELECT ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)");
    const std::optional<Mark::Content> found = mark_.read();
    if (!found) return;
    // A store in which nothing has happened was begun anew on purpose. The mark forgets the one before at once: a process that dies early
    // would leave a store that knows less than it.
    if (last_event_ == 0) return mark_.write({}, true);
    decided_until_ = found->decided_until;
    if (found->last_event > last_event_) older_than_ = found->decided_until;
  }

  /// The mark says only what has been committed, so that no store ever seems older than it is.
  void note_commit(const std::vector<Waiting>& batch, const Committed& committed) {
    bool has_decided = false;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!committed.results[i]) continue;
      for (const Change& change : batch[i].transaction.changes) {
        const auto* move = std::get_if<MoveCursor>(&change);
        if (move == nullptr) continue;
        // A mark that lies ahead of the clock was made while the clock was wrong.
        decided_until_ = decided_until_ > batch[i].transaction.at ? move->cursor.at : std::max(decided_until_, move->cursor.at);
        has_decided = true;
      }
    }
    if (!committed.events.empty()) last_event_ = committed.events.back().sequence;
    if (has_decided || !committed.events.empty()) mark_.write({last_event_, decided_until_}, has_decided);
    const std::lock_guard lock(mutex_);
    ++counts_.commits;
    counts_.transactions += static_cast<std::int64_t>(batch.size());
  }

  /// Brings what the WAL holds into the database and empties it, as far as no reader still needs it. What the disk refuses stays in the
  /// WAL.
  void checkpoint(std::chrono::milliseconds patience) {
    sqlite3* database = connection_->database().getHandle();
    sqlite3_busy_timeout(database, static_cast<int>(patience.count()));
    const int code = sqlite3_wal_checkpoint_v2(database, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_busy_timeout(database, kBusyTimeoutMs);
    wal_holds_changes_ = code != SQLITE_OK;
    if (code != SQLITE_OK && !may_pass(code & 0xFF, options_.path))
      give_up(storage_error(SQLite::Exception(database, code), options_.path));
  }

  void tell(const std::vector<Waiting>& batch, const Committed& committed) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (batch[i].done) batch[i].done(committed.results[i]);
    }
    if (committed.events.empty()) return;
    std::function<void(const std::vector<Event>&)> listener;
    {
      const std::lock_guard lock(listener_mutex_);
      listener = listener_;
    }
    if (listener) listener(committed.events);
  }

  bool is_closing() const {
    const std::lock_guard lock(mutex_);
    return closing_;
  }

  void begin_pruning(Time now) {
    const auto moment = std::chrono::steady_clock::now();
    if (pruning_ || moment < next_pruning_) return;
    next_pruning_ = moment + kPruningPeriod;
    pruning_.emplace(Retention(), now);
  }

  void prune() {
    try {
      if (!pruning_->proceed(*connection_)) pruning_.reset();
      wal_holds_changes_ = true;
    } catch (const SQLite::Exception& exception) {
      pruning_.reset();
      give_up_where_final(exception);
    }
  }

  void expire(Time now) {
    transactions_since_expiry_ = 0;
    try {
      SQLite::Transaction transaction(connection_->database(), SQLite::TransactionBehavior::IMMEDIATE);
      if (delete_expired(*connection_, now)) transactions_since_expiry_ = kTransactionsPerExpiry;
      transaction.commit();
    } catch (const SQLite::Exception& exception) {
      give_up_where_final(exception);
    }
  }

  /// Of what nobody waits for: it is done another time, unless the file is damaged.
  void give_up_where_final(const SQLite::Exception& exception) {
    const Trouble trouble = trouble_of(exception);
    if (trouble.is_final) give_up(trouble.error);
  }

  const Options options_;
  std::optional<Ownership> ownership_;
  std::unique_ptr<Connection> connection_;
  const std::int64_t epoch_;
  std::int64_t transactions_since_expiry_ = 0;
  const OpenFiles files_;
  Mark mark_;
  std::optional<Time> older_than_;
  std::int64_t last_event_ = 0;
  Time decided_until_{};
  bool wal_holds_changes_ = true;
  std::chrono::steady_clock::time_point next_pruning_{};
  std::optional<Pruning> pruning_;  ///< What is under way.

  mutable std::mutex mutex_;  // Guards what follows up to the blank line.
  std::condition_variable wake_;
  std::deque<Waiting> queue_;
  bool urgent_ = false;
  std::optional<std::chrono::milliseconds> patience_;
  bool closing_ = false;
  std::optional<std::chrono::steady_clock::time_point> linger_until_;
  std::chrono::steady_clock::time_point turned_ = std::chrono::steady_clock::now();
  Counts counts_;
  std::optional<Error> health_;
  std::optional<Error> failed_;  ///< For good.

  std::mutex close_mutex_;
  std::mutex listener_mutex_;
  std::function<void(const std::vector<Event>&)> listener_;
  std::function<void(const std::optional<Trouble>&)> watcher_;

  std::thread thread_;
};

Store::Store(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const Options& options) {
  auto ownership = Ownership::take(options.path, options.owner);
  if (!ownership) return tl::unexpected(ownership.error());
  make_private(options.path);
  try {
    auto connection = std::make_unique<Connection>(options.path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    SQLite::Database& database = connection->database();
    if (auto ours = check_is_store(*connection, options.path); !ours) return tl::unexpected(ours.error());
    database.exec("PRAGMA auto_vacuum = INCREMENTAL");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = " + std::to_string(kCheckpointPages));
    migrate(*connection);
    if (options.largest_pages > 0) database.exec("PRAGMA max_page_count = " + std::to_string(options.largest_pages));
    Query(connection->prepare("UPDATE daemon SET epoch = epoch + 1, owner = ?")).in(options.owner).run();
    const std::int64_t epoch = pragma(*connection, "SELECT epoch FROM daemon");
    return std::unique_ptr<Store>(new Store(std::make_unique<Writer>(options, std::move(*ownership), std::move(connection), epoch)));
  } catch (const SQLite::Exception& exception) {
    return fail(storage_error(exception, options.path));
  }
}

void Store::commit(Transaction transaction, Urgency urgency, Done done) { writer_->put(std::move(transaction), urgency, std::move(done)); }

Result<void> Store::commit(Transaction transaction) {
  // Shared, because the writer may still be inside of set_value when the waiter wakes up and leaves.
  auto promise = std::make_shared<std::promise<Result<void>>>();
  std::future<Result<void>> future = promise->get_future();
  writer_->put(std::move(transaction), Urgency::now, [promise](const Result<void>& result) { promise->set_value(result); });
  return future.get();
}

void Store::listen(std::function<void(const std::vector<Event>&)> listener) { writer_->listen(std::move(listener)); }
void Store::watch(std::function<void(const std::optional<Trouble>&)> watcher) { writer_->watch(std::move(watcher)); }
void Store::limit_patience(std::chrono::milliseconds most) { writer_->limit_patience(most); }
void Store::close() { writer_->close(); }
std::int64_t Store::epoch() const { return writer_->epoch(); }
Store::Counts Store::counts() const { return writer_->counts(); }
std::optional<Error> Store::health() const { return writer_->health(); }
std::chrono::milliseconds Store::since_turn() const { return writer_->since_turn(); }
std::optional<Time> Store::older_than() const { return writer_->older_than(); }
const std::string& Store::path() const { return writer_->options().path; }

}  // namespace penstock::store
