#include <atomic>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <map>
#include <random>
#include <thread>

#include "tests/faults/kill/site.h"

namespace penstock::faults {
namespace {

/// Reads the table again and again while a program dies and its successor works; whatever it saw has to be the old rows or the new.
class Reader {
 public:
  Reader(const connectors::Engine& engine, Site& site, const Mode& mode) : mode_(mode), reads_(engine.outlives_client) {
    if (!reads_) return;
    thread_ = std::thread([this, &site] {
      while (!stopped_) {
        const Rows rows = site.rows_of(mode_.name);
        if (rows != mode_.before && rows != mode_.after) torn_ = rows;
      }
    });
  }

  /// What it saw that was neither; empty where there was none.
  Rows stop() {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
    return torn_;
  }
  ~Reader() { stop(); }

 private:
  const Mode& mode_;
  const bool reads_;
  std::atomic<bool> stopped_ = false;
  Rows torn_;
  std::thread thread_;
};

class Matrix : public testing::TestWithParam<std::size_t> {
 protected:
  const connectors::Engine& engine() const { return connectors::engines()[GetParam()]; }

  void SetUp() override {
    if (!engine().missing.empty()) GTEST_SKIP() << engine().missing;
    site_ = std::make_unique<Site>(engine());
  }

  /// Runs the mode, killed right before an instant; then a daemon goes on with what is left. False when it was not killed any more.
  bool kill_at(const Mode& mode, int instant) {
    site_->forget_runs();
    site_->reset(mode);
    site_->let_go();
    Reader reader(engine(), *site_, mode);
    Program program(site_->command("penstock run " + mode.name + " --from 2001-01-02 --to 2001-01-03 -q"), {instant, {}});
    const Ended ended = program.wait();
    EXPECT_TRUE(ended.killed || ended.code == 0) << program.output();
    StoreView view(*site_);
    const std::string progress = view.progress();
    SCOPED_TRACE(engine().name + " " + mode.name + ", killed at instant " + std::to_string(instant) + ": " + progress);
    if (!engine().outlives_client) {
      const Rows seen = site_->rows_of(mode.name);
      EXPECT_TRUE(seen == mode.before || seen == mode.after) << testing::PrintToString(seen);
      site_->let_go();
    }
    const bool begun = !view.runs().empty();
    if (view.has_open_run()) {
      Daemon daemon(*site_);
      EXPECT_TRUE(daemon.finish_all());
      EXPECT_EQ(daemon.stop(), 0);
    }
    EXPECT_EQ(reader.stop(), Rows()) << "neither the old rows nor the new";
    EXPECT_EQ(site_->rows_of(mode.name), begun ? mode.after : mode.before);
    EXPECT_EQ(site_->working_tables(), Rows());
    const std::vector<store::Run> runs = view.runs();
    if (begun) {
      EXPECT_EQ(runs.size(), 1U);
      EXPECT_EQ(runs[0].state, store::RunState::succeeded) << (runs[0].error ? runs[0].error->message : "");
      EXPECT_EQ(site_->ledger_rows(runs[0].id), 1);
    }
    site_->let_go();
    ++kills_[progress][mode.name];
    return ended.killed;
  }

  void print() const {
    std::cout << "\n" << std::left << std::setw(22) << engine().name;
    for (const Mode& mode : modes()) std::cout << std::setw(15) << mode.name;
    for (const auto& [progress, counts] : kills_) {
      std::cout << "\n  " << std::setw(20) << progress;
      for (const Mode& mode : modes()) {
        const auto count = counts.find(mode.name);
        std::cout << std::setw(15)
                  << (count == counts.end() ? "" : std::to_string(count->second) + (HasFailure() ? " killed" : " killed, ok"));
      }
    }
    std::cout << "\n\n";
  }

  std::unique_ptr<Site> site_;
  std::map<std::string, std::map<std::string, int>> kills_;
};

TEST_P(Matrix, EveryModeKilledAtEveryInstantEndsOnceWithTheNewRows) {
  // A statement costs Trino a second, and Spark more: there, a few instants of each mode, chosen by a seed; all with PENSTOCK_TEST_WHOLE.
  const bool is_whole = std::getenv("PENSTOCK_TEST_WHOLE") != nullptr;
  const bool sampled = !is_whole && (engine().name == "trino" || engine().is_contract_server);
  const int wanted = engine().name == "databricks" ? 1 : 3;
  std::mt19937 random(20011);
  for (const Mode& mode : modes()) {
    if (!sampled) {
      for (int instant = 1; kill_at(mode, instant) && !HasFailure();) ++instant;
    } else {
      int last = 40;
      for (int kills = 0; kills < wanted && !HasFailure();) {
        const int instant = std::uniform_int_distribution<int>(2, last)(random);
        if (kill_at(mode, instant))
          ++kills;
        else
          last = instant - 1;
      }
    }
  }
  print();
}

INSTANTIATE_TEST_SUITE_P(On, Matrix, testing::Range<std::size_t>(0, connectors::engines().size()),
                         [](const auto& param) { return connectors::engines()[param.param].name; });

}  // namespace
}  // namespace penstock::faults
