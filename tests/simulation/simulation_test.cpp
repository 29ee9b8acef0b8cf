#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <iostream>
#include <memory>
#include <random>
#include <utility>

#include "daemon/run/scheduler.h"
#include "daemon/run/step_machine.h"
#include "tests/simulation/model_store.h"
#include "tests/simulation/warehouse.h"

namespace penstock::simulation {
namespace {

using run::AttemptId;
using run::Decision;
using run::Moment;
using run::Scheduler;
using run::StepMachine;
using store::Purpose;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kSeeds = 150;  // Each takes ten times as long.
#else
constexpr int kSeeds = 600;
#endif
constexpr int kEvents = 200;

run::ProjectSpec make_project() {
  run::ProjectSpec project;
  project.slots = {{"main", 2}, {"side", 1}};
  const auto add = [&](const std::string& name, const char* cron, model::Schedule::Concurrency overlap, model::Schedule::Misfire misfire) {
    auto spec = std::make_shared<run::PipelineSpec>();
    spec->name = name;
    spec->definition_hash = name;
    spec->schedule.cron.value = cron;
    spec->schedule.overlap = overlap;
    spec->schedule.misfire = misfire;
    spec->cron = *run::Cron::make(spec->schedule);
    for (int i = 0; i < 4; ++i) {
      run::StepSpec step;
      step.name = std::string(1, static_cast<char>('a' + i));
      step.connection = i == 2 ? "side" : "main";
      step.table.name = Identifier::exact(name + "_" + step.name);
      step.writing = i == 0 ? run::Writing::side_by_side : i == 3 ? run::Writing::alone : run::Writing::in_order;
      if (i == 1 || i == 2) step.depends_on = {0};
      if (i == 3) step.depends_on = {1, 2};
      step.retry.first_delay = std::chrono::seconds(1);
      if (i == 1) step.timeout = std::chrono::minutes(20);
      spec->steps.push_back(step);
    }
    project.pipelines[name] = spec;
  };
  add("p", "*/10 * * * *", model::Schedule::Concurrency::skip, model::Schedule::Misfire::last);
  add("q", "5 * * * *", model::Schedule::Concurrency::queue_one, model::Schedule::Misfire::all);
  add("r", "*/30 * * * *", model::Schedule::Concurrency::cancel_running, model::Schedule::Misfire::skip);
  return project;
}

/// One process after another over one store and one warehouse, with everything that may happen chosen by one seed.
class World {
 public:
  explicit World(std::uint32_t seed) : random_(seed), wire_(make_wire()), warehouse_(wire_, random_), project_(make_project()) {
    boot();
    commit(pending_.size());  // From here on the schedules are known.
  }

  void live(int events) {
    for (int i = 0; i < events && !testing::Test::HasFailure(); ++i) happen();
  }

  /// No more trouble: everything has to come to its end.
  void settle() {
    warehouse_.reachable = true;
    for (auto& [name, spec] : project_.pipelines) apply(*scheduler_->pause(name, true, now_));
    for (int i = 0; i < 20000 && !testing::Test::HasFailure(); ++i) {
      if (scheduler_->is_idle() && pending_.empty() && open_backfills() == 0) break;
      pass(std::chrono::seconds(10));
      commit(pending_.size());
      work_all();
    }
    commit(pending_.size());
    EXPECT_TRUE(scheduler_->is_idle()) << "runs that never end";
    EXPECT_EQ(open_backfills(), 0);
    check();
  }

  int runs() const { return static_cast<int>(disk_.runs.size()); }
  int publishes() const { return static_cast<int>(warehouse_.effects.size()); }
  int crashes() const { return crashes_; }
  int conflicts() const { return warehouse_.conflicts; }
  int set_back() const { return set_back_; }

 private:
  struct Drive {
    run::StartStep start;
    StepMachine machine;
    StepMachine::Action action;
    bool cancelled = false;
    bool waits_for_commit = false;
  };
  struct Pending {
    store::Transaction transaction;
    std::optional<AttemptId> waiter;
    std::vector<AttemptId> cancels;
  };

  int pick(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
  bool chance(int percent) { return pick(1, 100) <= percent; }

  Wire make_wire() {
    Wire wire;
    wire.token_suffices = chance(50);
    wire.ledger = chance(60);
    wire.idempotent_publish = !wire.ledger && chance(50);
    wire.forgets = !wire.ledger && chance(40);
    wire.isolation = chance(50) ? Wire::Isolation::locks : Wire::Isolation::conflicts;
    return wire;
  }

  void boot() {
    scheduler_ = std::make_unique<Scheduler>(Scheduler::Options{random_(), true, chance(20)});
    apply(scheduler_->restore(disk_.restored(project_, now_.wall), project_, now_));
    apply(scheduler_->load(project_, now_));
  }

  /// The process dies. Of what was handed to the store, some first part is durable.
  void crash() {
    ++crashes_;
    const int durable = pick(0, static_cast<int>(pending_.size()));
    for (int i = 0; i < durable; ++i) disk_.apply(pending_[static_cast<std::size_t>(i)].transaction);
    pending_.clear();
    drives_.clear();
    scheduler_.reset();
    warehouse_.client_died();
    if (chance(30)) pass_time(std::chrono::minutes(pick(0, 120)));
    for (int i = pick(0, 5); i > 0; --i) warehouse_.advance();
    now_.boot = std::chrono::microseconds(0);
    boot();
  }

  void apply(Decision decision) {
    if (!decision.transaction.changes.empty()) {
      pending_.push_back({std::move(decision.transaction), std::nullopt, std::move(decision.cancel)});
      decision.cancel.clear();
    }
    for (const AttemptId& id : decision.cancel) cancel(id);
    for (run::StartStep& start : decision.start) begin(std::move(start));
  }

  void begin(run::StartStep start) {
    const StepMachine::Context context{start.id, start.pipeline, start.connection};
    run::PlannedStep plan;
    for (const store::UnitRun& unit : start.units) plan.units.push_back(planned(start, unit.purpose));
    expect_one_writer(start);
    const AttemptId id = start.id;
    const bool cancelled = start.cancelled;
    Drive drive{start, start.units.empty() ? StepMachine(context) : StepMachine(context, start.units, plan), StepMachine::Plan{}, cancelled,
                false};
    if (cancelled) drive.machine.cancel();
    drive.action = drive.machine.begin(now_.wall);
    EXPECT_TRUE(drives_.emplace(id, std::move(drive)).second) << "an attempt began twice";
    follow_up(id);
  }

  run::PlannedUnit planned(const run::StartStep& start, Purpose purpose) {
    run::PlannedUnit unit;
    unit.purpose = purpose;
    unit.unit.statements = {std::string(name_of(purpose)) + " " + start.id.run_id + " " + start.id.step};
    unit.unit.idempotent = purpose != Purpose::publish || wire_.idempotent_publish;
    if (purpose == Purpose::publish && wire_.ledger) unit.unit.ledger_token = start.id.run_id + "/" + start.id.step;
    if (purpose == Purpose::check) unit.checks = {{0, "unique", "unique", true, {}, ""}};
    unit.token_suffices = wire_.token_suffices && unit_settles(unit.unit);
    return unit;
  }

  static bool unit_settles(const connectors::Unit& unit) { return !unit.ledger_token.empty() || unit.idempotent; }

  Warehouse::Statement statement(const Drive& drive, std::size_t unit) {
    Warehouse::Statement made;
    made.unit = drive.machine.unit(unit);
    made.token = drive.machine.token(unit).id;
    made.place = drive.start.id.run_id + "/" + drive.start.id.step;
    made.table = drive.start.pipeline + "." + drive.start.id.step;
    made.purpose = *store::parse_purpose(made.unit.statements[0].substr(0, made.unit.statements[0].find(' ')));
    return made;
  }

  void cancel(const AttemptId& id) {
    const auto found = drives_.find(id);
    if (found == drives_.end()) return;
    found->second.cancelled = true;
    found->second.machine.cancel();
  }

  void expect_verdict(const AttemptId& id) {
    for (const auto& [token, unit] : disk_.units) {
      if (unit.run_id != id.run_id || unit.step != id.step || unit.attempt != id.attempt || unit.purpose != Purpose::check) continue;
      EXPECT_EQ(unit.state, store::UnitState::succeeded) << "published before its verdict was safe";
    }
  }

  /// What needs no waiting happens at once: hand-ins to the store, and the beginning of a follow.
  void follow_up(const AttemptId& id) {
    for (;;) {
      const auto found = drives_.find(id);
      if (found == drives_.end()) return;
      Drive& drive = found->second;
      if (auto* commit = std::get_if<StepMachine::Commit>(&drive.action)) {
        const bool wait = commit->wait;
        pending_.push_back({{now_.wall, std::move(commit->changes)}, wait ? std::optional(id) : std::nullopt, {}});
        if (wait) {
          drive.waits_for_commit = true;
          return;
        }
        drive.action = drive.machine.committed({}, now_.wall);
      } else if (auto* follow = std::get_if<StepMachine::Follow>(&drive.action)) {
        const Warehouse::Statement what = statement(drive, follow->unit);
        if (!wire_.token_suffices || (what.purpose == Purpose::publish && !wire_.ledger)) {
          EXPECT_EQ(disk_.units.at(what.token).handle, "h:" + what.token) << "followed before its handle was safe";
        }
        if (what.purpose == Purpose::publish) expect_verdict(drive.start.id);
        EXPECT_EQ(disk_.units.count(what.token), 1U) << "sent before its intent was safe";
        warehouse_.follow(what.token, what);
        return;
      } else if (auto* done = std::get_if<StepMachine::Done>(&drive.action)) {
        run::StepResult result = std::move(done->result);
        drives_.erase(found);
        apply(scheduler_->finished(id, result, now_));
        return;
      } else {
        return;
      }
    }
  }

  /// One drive goes one action on, if it can.
  void work(const AttemptId& id) {
    const auto found = drives_.find(id);
    if (found == drives_.end() || found->second.waits_for_commit) return;
    Drive& drive = found->second;
    if (std::holds_alternative<StepMachine::Plan>(drive.action)) {
      run::PlannedStep plan;
      for (const Purpose purpose : {Purpose::prepare, Purpose::stage, Purpose::check, Purpose::publish, Purpose::cleanup})
        plan.units.push_back(planned(drive.start, purpose));
      drive.action = drive.machine.planned(std::move(plan), now_.wall);
    } else if (auto* submit = std::get_if<StepMachine::Submit>(&drive.action)) {
      drive.action = drive.machine.submitted(warehouse_.submit(statement(drive, submit->unit)), now_.wall);
    } else if (auto* follow = std::get_if<StepMachine::Follow>(&drive.action)) {
      const Warehouse::Statement what = statement(drive, follow->unit);
      if (drive.cancelled) warehouse_.cancel(what.token);
      const auto outcome = warehouse_.hear(what.token, what);
      if (!outcome) return;
      drive.action = drive.machine.followed(*outcome, now_.wall);
    } else if (std::holds_alternative<StepMachine::Pause>(drive.action)) {
      drive.action = drive.machine.paused(now_.wall);
    } else if (auto* find = std::get_if<StepMachine::Find>(&drive.action)) {
      const Warehouse::Statement what = statement(drive, find->unit);
      drive.action = drive.machine.found(warehouse_.find(what.token, what), now_.wall);
    }
    follow_up(id);
  }

  void work_all() {
    std::vector<AttemptId> ids;
    for (const auto& [id, drive] : drives_) ids.push_back(id);
    for (const AttemptId& id : ids) work(id);
  }

  void work_one() {
    if (drives_.empty()) return;
    auto at = drives_.begin();
    std::advance(at, pick(0, static_cast<int>(drives_.size()) - 1));
    work(AttemptId(at->first));
  }

  /// The store makes the first transactions durable, then tells their waiters.
  void commit(std::size_t count) {
    for (std::size_t i = 0; i < count && !pending_.empty(); ++i) {
      Pending pending = std::move(pending_.front());
      pending_.pop_front();
      disk_.apply(pending.transaction);
      for (const AttemptId& id : pending.cancels) cancel(id);
      if (!pending.waiter) continue;
      const auto found = drives_.find(*pending.waiter);
      if (found == drives_.end()) continue;
      found->second.waits_for_commit = false;
      found->second.action = found->second.machine.committed({}, now_.wall);
      follow_up(*pending.waiter);
    }
  }

  void pass_time(std::chrono::microseconds time) {
    now_.wall += time;
    now_.boot += time;
  }

  void pass(std::chrono::microseconds time) {
    pass_time(time);
    warehouse_.advance();
    apply(scheduler_->advance(now_));
  }

  void happen() {
    const int what = pick(1, 100);
    if (what <= 40) return work_one();
    if (what <= 60) return commit(static_cast<std::size_t>(pick(1, 3)));
    if (what <= 72) return pass(std::chrono::seconds(pick(1, 300)));
    if (what <= 80) return work_all();
    if (what <= 85) return crash();
    if (what <= 87) {
      warehouse_.reachable = !warehouse_.reachable;
      return;
    }
    if (what <= 90) return trigger();
    if (what <= 93) return cancel_some();
    if (what <= 95) return retry_some();
    if (what <= 96) return backfill();
    if (what <= 97) return intrude();
    if (what <= 98) return set_clock();
    const std::string name(1, "pqr"[pick(0, 2)]);
    apply(*scheduler_->pause(name, !scheduler_->is_paused(name), now_));
  }

  /// The clock is ahead for a while, or comes back.
  void set_clock() {
    const std::chrono::microseconds ahead =
        std::exchange(ahead_, ahead_.count() == 0 ? std::chrono::minutes(pick(1, 800)) : std::chrono::minutes(0));
    now_.wall += ahead_ - ahead;
    if (ahead_.count() == 0 && scheduler_->decided_ahead(now_)) {
      commit(pending_.size());
      ++set_back_;
      apply(scheduler_->set_back(disk_.starts_after(now_.wall), now_));
    }
  }

  void trigger() {
    std::string id;
    auto decision =
        scheduler_->trigger({std::string(1, "pqr"[pick(0, 2)]), {store::TriggerKind::api, {}, {}, {}, {}}, {}, {}, {}}, now_, id);
    ASSERT_TRUE(decision);
    apply(std::move(*decision));
  }

  void cancel_some() {
    const auto open = scheduler_->open_runs();
    if (open.empty()) return;
    apply(*scheduler_->cancel(open[static_cast<std::size_t>(pick(0, static_cast<int>(open.size()) - 1))], {"cancelled_by_user", ""}, now_));
  }

  void retry_some() {
    for (const auto& [id, run] : disk_.runs) {
      if (!is_final(run.state) || run.state == store::RunState::skipped || !chance(20)) continue;
      std::string new_id;
      auto decision =
          scheduler_->retry({run, disk_.steps.at(id), chance(30), {}, {store::TriggerKind::retry, {}, {}, {}, {}}}, now_, new_id);
      ASSERT_TRUE(decision);
      return apply(std::move(*decision));
    }
  }

  void backfill() {
    store::Backfill wanted;
    wanted.id = scheduler_->new_id('b', now_);
    wanted.pipeline = "q";
    wanted.max_active = pick(1, 3);
    wanted.stop_on_failure = chance(30);
    std::vector<store::BackfillInterval> spans;
    for (int i = 0; i < 3; ++i)
      spans.push_back({wanted.id, i, {store::Time(std::chrono::hours(i)), store::Time(std::chrono::hours(i + 1))}, {}, {}, {}});
    apply(*scheduler_->backfill(wanted, spans, now_));
  }

  void intrude() {
    ++intrusions_;
    warehouse_.intrude(std::string(1, "pqr"[pick(0, 2)]) + "." + std::string(1, "abcd"[pick(0, 3)]));
  }

  const run::StepSpec& spec_of(const run::StartStep& start) const {
    const auto& steps = project_.pipelines.at(start.pipeline)->steps;
    return *std::find_if(steps.begin(), steps.end(), [&](const run::StepSpec& step) { return step.name == start.id.step; });
  }

  /// One step at a time writes a table, unless none of them minds.
  void expect_one_writer(const run::StartStep& start) {
    for (const auto& [id, drive] : drives_) {
      if (drive.start.pipeline != start.pipeline || id.step != start.id.step || id.run_id == start.id.run_id) continue;
      if (std::holds_alternative<StepMachine::Done>(drive.action)) continue;
      EXPECT_EQ(spec_of(start).writing, run::Writing::side_by_side) << id.run_id << " and " << start.id.run_id << " write " << id.step;
    }
  }

  /// What every serial order has in common: nobody's rows are lost, and a backfill's intervals are published in their order where the
  /// order matters.
  void check_order() {
    std::size_t written = 0;
    for (const auto& [table, places] : warehouse_.contents) {
      written += places.size();
      std::map<std::string, store::Time> last;  // By backfill.
      for (const std::string& place : places) {
        const auto run = disk_.runs.find(place.substr(0, place.find('/')));
        if (run == disk_.runs.end() || run->second.backfill_id.empty()) continue;
        const char step = table.back();
        if (step != 'b' && step != 'c') continue;
        const auto [at, first] = last.emplace(run->second.backfill_id, run->second.interval->start);
        EXPECT_TRUE(first || at->second <= run->second.interval->start) << "an earlier interval was published over a later one: " << table;
        at->second = run->second.interval->start;
      }
    }
    std::size_t effects = intrusions_;
    for (const auto& [token, count] : warehouse_.effects) effects += static_cast<std::size_t>(count);
    EXPECT_EQ(written, effects) << "what somebody had published was lost";
  }

  int open_backfills() const {
    int open = 0;
    for (const auto& [id, backfill] : disk_.backfills) open += is_final(backfill.state) ? 0 : 1;
    return open;
  }

  /// What has to hold whatever happened.
  void check() {
    EXPECT_TRUE(warehouse_.running.empty()) << "a statement runs that nobody owns";
    for (const auto& [token, count] : warehouse_.effects) EXPECT_LE(count, 1) << "a unit took effect twice";
    for (const auto& [place, count] : warehouse_.effects_of_step) {
      if (!wire_.idempotent_publish) {
        EXPECT_LE(count, 1) << "a step published twice: " << place;
      }
    }
    for (const auto& [id, run] : disk_.runs) {
      EXPECT_TRUE(is_final(run.state));
      store::StepCounts counts;
      for (const store::StepRun& step : disk_.steps.at(id)) {
        EXPECT_TRUE(is_final(step.state)) << id << " " << step.name;
        if (step.state == store::StepState::succeeded && step.reused_from.empty()) {
          EXPECT_GE(warehouse_.effects_of_step[id + "/" + step.name], 1) << "a step succeeded without publishing";
        }
        if (step.state == store::StepState::failed || step.state == store::StepState::cancelled) {
          EXPECT_EQ(warehouse_.effects_of_step[id + "/" + step.name],
                    wire_.idempotent_publish ? warehouse_.effects_of_step[id + "/" + step.name] : 0)
              << "a step published and is said to have had no effect: " << id << " " << step.name;
        }
      }
    }
    for (const auto& [token, unit] : disk_.units)
      EXPECT_TRUE(is_final(unit.state)) << "a unit was left open: " << unit.run_id << " " << unit.step << " " << name_of(unit.purpose);
    for (const auto& [table, place] : warehouse_.published) EXPECT_FALSE(place.empty());
    for (const auto& [name, spec] : project_.pipelines) check_ticks(name, *spec);
    check_order();
  }

  /// Every nominal time that the cursor has passed has exactly one row: a run, or a start that did not happen with its reason. Of very many
  /// that did not, the oldest row counts those before it.
  void check_ticks(const std::string& name, const run::PipelineSpec& spec) {
    const store::Time end = disk_.cursors.at(name).at;
    for (const store::Time nominal :
         spec.cron->between(kStart + std::chrono::microseconds(1), end + std::chrono::microseconds(1), 100000)) {
      const auto found = disk_.ticks.lower_bound({name, nominal});
      ASSERT_TRUE(found != disk_.ticks.end() && found->first.first == name) << "a start was lost: " << name;
      const store::Run& run = disk_.runs.at(found->second);
      if (found->first.second != nominal) {
        const bool is_counted = run.reason && run.reason->message.find(" starts before it") != std::string::npos;
        ASSERT_TRUE(is_counted) << "a start was lost: " << name;
        continue;
      }
      EXPECT_TRUE(run.reason || run.state != store::RunState::skipped);
    }
  }

  static constexpr store::Time kStart{std::chrono::hours(24 * 365 * 50)};

  std::mt19937 random_;
  const Wire wire_;
  Warehouse warehouse_;
  run::ProjectSpec project_;
  ModelStore disk_;
  Moment now_{kStart, std::chrono::microseconds(0)};
  std::unique_ptr<Scheduler> scheduler_;
  std::map<AttemptId, Drive> drives_;
  std::deque<Pending> pending_;
  int crashes_ = 0;
  std::size_t intrusions_ = 0;
  std::chrono::microseconds ahead_{0};  ///< Of the clock.
  int set_back_ = 0;
};

TEST(Simulation, NothingIsLostDoubledOrLeftRunning) {
  std::uint32_t first = 1;
  if (const char* given = std::getenv("PENSTOCK_SIMULATION_SEED")) first = static_cast<std::uint32_t>(std::stoul(given));
  const int seeds = std::getenv("PENSTOCK_SIMULATION_SEED") != nullptr ? 1 : kSeeds;
  std::cout << "seeds from " << first << "\n";
  int runs = 0;
  int publishes = 0;
  int crashes = 0;
  int conflicts = 0;
  int set_back = 0;
  for (std::uint32_t seed = first; seed < first + static_cast<std::uint32_t>(seeds); ++seed) {
    SCOPED_TRACE("PENSTOCK_SIMULATION_SEED=" + std::to_string(seed));
    World world(seed);
    world.live(kEvents);
    world.settle();
    runs += world.runs();
    publishes += world.publishes();
    crashes += world.crashes();
    conflicts += world.conflicts();
    set_back += world.set_back();
    if (HasFailure()) {
      std::cout << "failed with PENSTOCK_SIMULATION_SEED=" << seed << "\n";
      return;
    }
  }
  std::cout << seeds << " seeds from " << first << ": " << runs << " runs, " << publishes << " publishes, " << crashes << " crashes, "
            << conflicts << " conflicts, clock set back " << set_back << " times\n";
  if (seeds > 1) {
    EXPECT_GT(publishes, 1000);
    EXPECT_GT(crashes, 1000);
    EXPECT_GT(conflicts, seeds / 60);
    EXPECT_GT(set_back, seeds / 10);
  }
}

}  // namespace
}  // namespace penstock::simulation
