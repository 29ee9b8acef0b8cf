#include "daemon/store/store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "daemon/store/apply.h"
#include "daemon/store/connection.h"
#include "daemon/store/ownership.h"
#include "daemon/store/pruning.h"

namespace penstock::store {
namespace {

constexpr std::size_t kLargestBatch = 512;
constexpr int kCheckpointPages = 4000;
constexpr std::int64_t kTransactionsPerExpiry = 2000;
constexpr std::chrono::hours kPruningPeriod{1};
constexpr std::chrono::milliseconds kPruningPause{20};

std::int64_t pragma(Connection& connection, const char* sql) { return connection.database().execAndGet(sql).getInt64(); }

bool may_pass(int code) { return code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_BUSY || code == SQLITE_NOMEM; }

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
      : options_(std::move(options)), ownership_(std::move(ownership)), connection_(std::move(connection)), epoch_(epoch) {
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

  void listen(std::function<void(const std::vector<Event>&)> listener) {
    const std::lock_guard lock(listener_mutex_);
    listener_ = std::move(listener);
  }

  std::int64_t epoch() const { return epoch_; }
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
        if (is_closing()) return;
        prune();
        continue;
      }
      Committed committed = commit_patiently(batch);
      tell(batch, committed);
      begin_pruning(batch.back().transaction.at);
      transactions_since_expiry_ += static_cast<std::int64_t>(batch.size());
      if (transactions_since_expiry_ >= kTransactionsPerExpiry) expire(batch.back().transaction.at);
    }
  }

  /// Waits until something must be written; everything that waits then goes together. Empty when the store closes, and where nothing waits
  /// and there is something to prune.
  std::vector<Waiting> take() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (urgent_ || (closing_ && !queue_.empty())) break;
      if (closing_) return {};
      if (!linger_until_ && pruning_) {
        if (wake_.wait_for(lock, kPruningPause) == std::cv_status::timeout) return {};
      } else if (!linger_until_) {
        wake_.wait(lock);
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
    if (const std::optional<Error> failed = failure()) return {std::vector<Result<void>>(batch.size(), fail(*failed)), {}};
    const auto deadline = std::chrono::steady_clock::now() + options_.patience;
    std::chrono::milliseconds pause{20};
    for (;;) {
      bool again = false;
      Committed committed = commit_once(batch, again);
      if (!again) {
        const std::lock_guard lock(mutex_);
        failed_ = health_;
        return committed;
      }
      std::unique_lock lock(mutex_);
      const auto until = std::min(deadline, std::chrono::steady_clock::now() + pause);
      wake_.wait_until(lock, until, [this] { return closing_; });
      if (closing_ || std::chrono::steady_clock::now() >= deadline) {
        failed_ = health_;
        return committed;
      }
      pause = std::min(pause * 2, std::chrono::milliseconds(1000));
    }
  }

  /// All of the batch in one commit; a transaction that meets a conflict is left out alone.
  Committed commit_once(const std::vector<Waiting>& batch, bool& again) {
    Committed committed;
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
      note_health(std::nullopt, batch.size());
    } catch (const SQLite::Exception& exception) {
      const Error error = storage_error(exception, options_.path);
      again = may_pass(exception.getErrorCode());
      if (sqlite3_get_autocommit(database.getHandle()) == 0) sqlite3_exec(database.getHandle(), "ROLLBACK", nullptr, nullptr, nullptr);
      committed.events.clear();
      committed.results.assign(batch.size(), fail(error));
      note_health(error, 0);
    }
    return committed;
  }

  std::optional<Error> failure() const {
    const std::lock_guard lock(mutex_);
    return failed_;
  }

  void note_health(std::optional<Error> error, std::size_t transactions) {
    const std::lock_guard lock(mutex_);
    if (!error) {
      ++counts_.commits;
      counts_.transactions += static_cast<std::int64_t>(transactions);
    }
    health_ = std::move(error);
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
    if (pruning_ || now < next_pruning_) return;
    next_pruning_ = now + kPruningPeriod;
    pruning_.emplace(Retention(), now);
  }

  void prune() {
    try {
      if (!pruning_->proceed(*connection_)) pruning_.reset();
    } catch (const SQLite::Exception& exception) {
      // Nothing waits for this; the next commit reports what is wrong with the file.
      pruning_.reset();
      note_health(storage_error(exception, options_.path), 0);
    }
  }

  void expire(Time now) {
    transactions_since_expiry_ = 0;
    try {
      SQLite::Transaction transaction(connection_->database(), SQLite::TransactionBehavior::IMMEDIATE);
      if (delete_expired(*connection_, now)) transactions_since_expiry_ = kTransactionsPerExpiry;
      transaction.commit();
    } catch (const SQLite::Exception& exception) {
      // Nothing waits for this; the next commit reports what is wrong with the file.
      note_health(storage_error(exception, options_.path), 0);
    }
  }

  const Options options_;
  std::optional<Ownership> ownership_;
  std::unique_ptr<Connection> connection_;
  const std::int64_t epoch_;
  std::int64_t transactions_since_expiry_ = 0;
  Time next_pruning_{};
  std::optional<Pruning> pruning_;  ///< What is under way.

  mutable std::mutex mutex_;  // Guards what follows up to the blank line.
  std::condition_variable wake_;
  std::deque<Waiting> queue_;
  bool urgent_ = false;
  bool closing_ = false;
  std::optional<std::chrono::steady_clock::time_point> linger_until_;
  Counts counts_;
  std::optional<Error> health_;
  std::optional<Error> failed_;  ///< For good.

  std::mutex close_mutex_;
  std::mutex listener_mutex_;
  std::function<void(const std::vector<Event>&)> listener_;

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
void Store::close() { writer_->close(); }
std::int64_t Store::epoch() const { return writer_->epoch(); }
Store::Counts Store::counts() const { return writer_->counts(); }
std::optional<Error> Store::health() const { return writer_->health(); }
const std::string& Store::path() const { return writer_->options().path; }

}  // namespace penstock::store
