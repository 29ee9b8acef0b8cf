#include <signal.h>
#include <sys/resource.h>

#include <condition_variable>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include "tests/unit/store/sample.h"

namespace penstock::store {
namespace {

namespace fs = std::filesystem;

/// The files of this process may not grow beyond a size: to it the disk is full, and nobody needs to be root.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

/// What a store told of its troubles.
class Told {
 public:
  explicit Told(Store& store) {
    store.watch([this](const std::optional<Store::Trouble>& trouble) {
      const std::lock_guard lock(mutex_);
      troubles_.push_back(trouble);
      changed_.notify_all();
    });
  }

  /// The n-th, from 0; waits for it.
  std::optional<Store::Trouble> at(std::size_t index) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::minutes(1), [&] { return troubles_.size() > index; })) << "nothing was told";
    return troubles_.size() > index ? troubles_[index] : std::nullopt;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<Store::Trouble>> troubles_;
};

class StoreTroubleTest : public StoreTest {
 protected:
  std::vector<std::string> runs() const {
    auto readers = Readers::open(path());
    EXPECT_TRUE(readers) << readers.error().message;
    auto snapshot = (*readers)->snapshot();
    const auto page = snapshot->runs({}, {1000, ""});
    std::vector<std::string> ids;
    for (const store::Run& run : page->items) ids.push_back(run.id);
    return ids;
  }

  std::uintmax_t wal_bytes() const {
    std::error_code missing;
    const auto size = fs::file_size(path() + "-wal", missing);
    return missing ? 0 : size;
  }

  /// Puts the database file alone at another place, as a backup tool would.
  void copy_to(const std::string& name) const { fs::copy_file(path(), folder_ / name, fs::copy_options::overwrite_existing); }

  void put_back(const std::string& name) const {
    for (const char* part : {"-wal", "-shm"}) fs::remove(path() + part);
    fs::copy_file(folder_ / name, path(), fs::copy_options::overwrite_existing);
  }
};

Transaction tick(const std::string& id, std::int64_t nominal) {
  Run run = sample_run(id, nominal);
  run.trigger = {TriggerKind::schedule, "schedule", at(nominal), "", ""};
  Transaction made = transaction(InsertRun{run, {}}, nominal);
  made.changes.emplace_back(MoveCursor{{"routes", "schedule", "daily", at(nominal)}});
  return made;
}

TEST_F(StoreTroubleTest, AFullDiskIsWaitedOutAndWhatWaitedIsDoneOnce) {
  Options patient = options();
  patient.patience.reset();
  auto store = Store::open(patient);
  ASSERT_TRUE(store);
  Told told(**store);
  ASSERT_TRUE((*store)->commit(transaction(InsertRun{sample_run("r-1"), {}})));
  store::Run large = sample_run("r-2");
  large.trigger.note = std::string(1'000'000, 'n');
  std::promise<Result<void>> done;
  {
    const FullDisk full(wal_bytes() + 4096);
    (*store)->commit(transaction(InsertRun{large, {}}), Urgency::now, [&](const Result<void>& result) { done.set_value(result); });
    const auto trouble = told.at(0);
    ASSERT_TRUE(trouble);
    EXPECT_FALSE(trouble->is_final);
    EXPECT_NE(trouble->error.message.find("refuses: disk I/O error"), std::string::npos) << trouble->error.message;
    EXPECT_TRUE((*store)->health());
    EXPECT_EQ(runs(), std::vector<std::string>{"r-1"});
  }
  EXPECT_TRUE(done.get_future().get());
  EXPECT_FALSE(told.at(1));
  EXPECT_FALSE((*store)->health());
  EXPECT_EQ(runs(), (std::vector<std::string>{"r-2", "r-1"}));
}

TEST_F(StoreTroubleTest, ADamagedPageEndsItForGood) {
  { auto store = open(); }
  std::int64_t page = 0;
  {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
    const auto take = [](void* into, int, char** columns, char**) {
      *static_cast<std::int64_t*>(into) = std::stoll(columns[0]);
      return 0;
    };
    ASSERT_EQ(sqlite3_exec(database, "SELECT rootpage FROM sqlite_master WHERE name = 'run_by_trigger'", take, &page, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }
  ASSERT_GT(page, 1);
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp((page - 1) * 4096);
    file << std::string(4096, '\xA5');
  }
  auto store = open();
  Told told(*store);
  const auto refused = store->commit(transaction(InsertRun{sample_run("r-1"), {}}));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("damaged"), std::string::npos) << refused.error().message;
  const auto trouble = told.at(0);
  ASSERT_TRUE(trouble);
  EXPECT_TRUE(trouble->is_final);
  EXPECT_FALSE(store->commit(transaction(SetPaused{"routes", true})));
}

TEST_F(StoreTroubleTest, AFolderThatIsMovedAwayEndsItThoughNobodyWrites) {
  fs::create_directory(folder_ / "state");
  Options inside = options();
  inside.path = (folder_ / "state" / "penstock.db").string();
  auto store = Store::open(inside);
  ASSERT_TRUE(store);
  Told told(**store);
  fs::rename(folder_ / "state", folder_ / "away");
  const auto trouble = told.at(0);
  ASSERT_TRUE(trouble);
  EXPECT_TRUE(trouble->is_final);
  EXPECT_EQ(trouble->error.kind, ErrorKind::refused);
  EXPECT_NE(trouble->error.message.find("was moved, removed or replaced"), std::string::npos) << trouble->error.message;
}

TEST_F(StoreTroubleTest, NothingIsWrittenOnceAFileIsNoLongerTheNamedOne) {
  for (const char* part : {"", "-wal", "-shm", ".lock"}) {
    auto store = open();
    ASSERT_TRUE(store->commit(transaction(InsertRun{sample_run(std::string("r-1") + part), {}})));
    fs::copy_file(path() + part, folder_ / "copy", fs::copy_options::overwrite_existing);
    fs::rename(folder_ / "copy", path() + part);
    const auto refused = store->commit(transaction(InsertRun{sample_run("r-2"), {}}));
    ASSERT_FALSE(refused) << part;
    EXPECT_EQ(refused.error().kind, ErrorKind::refused) << part;
    store.reset();
    for (const char* each : {"", "-wal", "-shm", ".lock"}) fs::remove(path() + each);
  }
}

TEST_F(StoreTroubleTest, ACleanEndLeavesEverythingInTheOneFile) {
  {
    auto store = open();
    auto readers = Readers::open(path());
    auto idle = (*readers)->snapshot();
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(store->commit(transaction(InsertRun{sample_run("r-" + std::to_string(i)), {}})));
    ASSERT_GT(wal_bytes(), 0U);
    { const Snapshot gone = std::move(*idle); }
    store->close();
    EXPECT_EQ(wal_bytes(), 0U);
    copy_to("copy");
  }
  for (const char* part : {"", "-wal", "-shm"}) fs::remove(path() + part);
  put_back("copy");
  EXPECT_EQ(runs().size(), 20U);
}

TEST_F(StoreTroubleTest, AnIdleStoreBringsItsWalIntoTheFile) {
  auto store = open();
  ASSERT_TRUE(store->commit(transaction(InsertRun{sample_run("r-1"), {}})));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (wal_bytes() > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(wal_bytes(), 0U);
  EXPECT_TRUE(store->commit(transaction(InsertRun{sample_run("r-2"), {}})));
}

TEST_F(StoreTroubleTest, AnOlderCopyKnowsUpToWhereStartsWereDecided) {
  {
    auto store = open();
    ASSERT_TRUE(store->commit(tick("r-1", 1000)));
  }
  copy_to("copy");
  {
    auto store = open();
    EXPECT_FALSE(store->older_than());
    ASSERT_TRUE(store->commit(tick("r-2", 2000)));
    ASSERT_TRUE(store->commit(transaction(InsertRun{sample_run("r-3"), {}}, 3000)));
  }
  EXPECT_FALSE(open()->older_than());
  put_back("copy");
  {
    auto store = open();
    EXPECT_EQ(store->older_than(), at(2000));
  }
  {
    auto store = open();
    EXPECT_EQ(store->older_than(), at(2000)) << "nothing has been done about it";
    ASSERT_TRUE(store->commit(tick("r-4", 2500)));
  }
  EXPECT_FALSE(open()->older_than());
}

TEST_F(StoreTroubleTest, AStoreThatIsBegunAnewIsNoOlderCopy) {
  {
    auto store = open();
    ASSERT_TRUE(store->commit(tick("r-1", 1000)));
  }
  copy_to("first");
  {
    auto store = open();
    ASSERT_TRUE(store->commit(tick("r-2", 2000)));
  }
  for (const char* part : {"", "-wal", "-shm"}) fs::remove(path() + part);
  EXPECT_FALSE(open()->older_than());
  // As a process leaves it that is killed between its first commit and its mark.
  put_back("first");
  EXPECT_FALSE(open()->older_than());
}

}  // namespace
}  // namespace penstock::store
