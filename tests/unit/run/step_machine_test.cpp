#include "daemon/run/step_machine.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace penstock::run {
namespace {

using connectors::Found;
using connectors::Outcome;

PlannedUnit planned(Purpose purpose) {
  PlannedUnit unit;
  unit.purpose = purpose;
  unit.unit.statements = {"statement"};
  unit.unit.idempotent = purpose != Purpose::publish;
  unit.token_suffices = true;
  if (purpose == Purpose::publish) unit.unit.ledger_token = "token";
  return unit;
}

Outcome ended(Outcome::State state, ErrorKind kind = ErrorKind::permanent) {
  Outcome outcome;
  outcome.state = state;
  outcome.error.kind = kind;
  return outcome;
}

class StepMachineTest : public testing::Test {
 protected:
  /// Goes on to the beginning of the first unit's follow, committing whatever has to be durable.
  void follow(const std::vector<Purpose>& purposes) {
    PlannedStep plan;
    for (const Purpose purpose : purposes) plan.units.push_back(planned(purpose));
    machine_.begin({});
    go_on(machine_.planned(std::move(plan), {}));
  }

  /// Answers commits and submits until there is something else to do.
  void go_on(StepMachine::Action action) {
    for (;;) {
      if (const auto* commit = std::get_if<StepMachine::Commit>(&action)) {
        waits_ += commit->wait ? 1 : 0;
        action = machine_.committed({}, {});
      } else if (const auto* submit = std::get_if<StepMachine::Submit>(&action)) {
        submits_.push_back(submit->unit);
        action = machine_.submitted(connectors::Handle{"h" + std::to_string(submit->unit)}, {});
      } else if (const auto* pause = std::get_if<StepMachine::Pause>(&action)) {
        pauses_.push_back(pause->length);
        action = machine_.paused({});
      } else {
        action_ = std::move(action);
        return;
      }
    }
  }

  std::string followed_handle() const {
    const auto* follow = std::get_if<StepMachine::Follow>(&action_);
    return follow == nullptr ? "" : follow->handle.text;
  }
  bool is_find() const { return std::holds_alternative<StepMachine::Find>(action_); }
  StepState state() const {
    const auto* done = std::get_if<StepMachine::Done>(&action_);
    return done == nullptr ? StepState::running : done->result.state;
  }

  StepMachine machine_{{{"r-1", "a", 1}, "p", "main"}};
  StepMachine::Action action_;
  std::vector<std::size_t> submits_;
  std::vector<std::chrono::milliseconds> pauses_;
  int waits_ = 0;
};

TEST_F(StepMachineTest, AStepWhoseUnitsAreFoundByTheirTokensWaitsForTheDiskOnce) {
  follow({Purpose::stage, Purpose::publish, Purpose::cleanup});
  for (int unit = 0; unit < 3; ++unit) go_on(machine_.followed(ended(Outcome::State::succeeded), {}));
  EXPECT_EQ(state(), StepState::succeeded);
  EXPECT_EQ(waits_, 1);
}

TEST_F(StepMachineTest, TheRowsOfAStepAreThoseOfItsTable) {
  follow({Purpose::stage, Purpose::publish, Purpose::publish, Purpose::cleanup});
  for (const std::int64_t rows : {7, 5, 3, 0}) {
    Outcome outcome = ended(Outcome::State::succeeded);
    outcome.rows_written = rows;
    go_on(machine_.followed(outcome, {}));
  }
  ASSERT_EQ(state(), StepState::succeeded);
  EXPECT_EQ(std::get<StepMachine::Done>(action_).result.rows, 5) << "not those of what is remembered beside it";
}

TEST_F(StepMachineTest, AViewThatCannotBeMadeAgainIsNamed) {
  PlannedStep plan;
  plan.units.push_back(planned(Purpose::publish));
  plan.units[0].remade = {{5, "mart.v"}};
  machine_.begin({});
  go_on(machine_.planned(std::move(plan), {}));
  Outcome outcome = ended(Outcome::State::failed);
  outcome.error.message = "column t.b does not exist";
  outcome.failed_statement = 5;
  go_on(machine_.followed(outcome, {}));
  ASSERT_TRUE(is_find());
  Found never;
  never.state = Found::State::never_arrived;
  go_on(machine_.found(never, {}));
  ASSERT_EQ(state(), StepState::failed);
  const Error error = *std::get<StepMachine::Done>(action_).result.error;
  EXPECT_EQ(error.message, "the view mart.v cannot be made again over what this step publishes: column t.b does not exist");
}

TEST_F(StepMachineTest, AVerdictIsDurableBeforeThePublish) {
  follow({Purpose::stage, Purpose::check, Purpose::publish});
  go_on(machine_.followed(ended(Outcome::State::succeeded), {}));
  EXPECT_EQ(waits_, 1);
  go_on(machine_.followed(ended(Outcome::State::succeeded), {}));
  EXPECT_EQ(followed_handle(), "h2");
  EXPECT_EQ(waits_, 2);
}

TEST_F(StepMachineTest, InDoubtItsHandleIsFollowedAgainAndThenItsTokenIsLookedFor) {
  follow({Purpose::publish});
  go_on(machine_.followed(ended(Outcome::State::unknown, ErrorKind::in_doubt), {}));
  EXPECT_EQ(followed_handle(), "h0");
  go_on(machine_.followed(ended(Outcome::State::unknown, ErrorKind::in_doubt), {}));
  EXPECT_TRUE(is_find());
  Found found;
  found.state = Found::State::unknown;
  go_on(machine_.found(found, {}));
  EXPECT_EQ(state(), StepState::unknown);
  EXPECT_EQ(submits_, std::vector<std::size_t>{0}) << "it is never sent again";
}

TEST_F(StepMachineTest, AHandleThatTellsTheEndSettlesTheDoubt) {
  follow({Purpose::publish});
  go_on(machine_.followed(ended(Outcome::State::unknown, ErrorKind::in_doubt), {}));
  EXPECT_EQ(followed_handle(), "h0");
  go_on(machine_.followed(ended(Outcome::State::succeeded), {}));
  EXPECT_EQ(state(), StepState::succeeded);
}

TEST_F(StepMachineTest, WhoLosesAgainstAnotherWriterComesAfterIt) {
  follow({Purpose::prepare, Purpose::publish});
  go_on(machine_.followed(ended(Outcome::State::failed, ErrorKind::conflict), {}));
  go_on(machine_.followed(ended(Outcome::State::succeeded), {}));
  go_on(machine_.followed(ended(Outcome::State::failed, ErrorKind::conflict), {}));
  go_on(machine_.followed(ended(Outcome::State::failed, ErrorKind::conflict), {}));
  go_on(machine_.followed(ended(Outcome::State::succeeded), {}));
  EXPECT_EQ(state(), StepState::succeeded);
  EXPECT_EQ(submits_, (std::vector<std::size_t>{0, 0, 1, 1, 1}));
  ASSERT_EQ(pauses_.size(), 3U);
  EXPECT_EQ(pauses_[1], StepMachine::kFirstConflictPause);
  EXPECT_GT(pauses_[2], pauses_[1]);
}

TEST_F(StepMachineTest, WhoAlwaysLosesFailsInTheEndAndMayBeTriedAgain) {
  follow({Purpose::publish});
  for (int i = 0; i <= StepMachine::kMostConflicts; ++i) go_on(machine_.followed(ended(Outcome::State::failed, ErrorKind::conflict), {}));
  EXPECT_EQ(state(), StepState::failed);
  EXPECT_EQ(submits_.size(), static_cast<std::size_t>(StepMachine::kMostConflicts) + 1);
  EXPECT_TRUE(is_retryable(std::get<StepMachine::Done>(action_).result.error->kind));
}

TEST_F(StepMachineTest, AfterThePublishNothingFailsTheStep) {
  for (const Outcome& trouble : {ended(Outcome::State::failed, ErrorKind::transient), ended(Outcome::State::failed, ErrorKind::permanent),
                                 ended(Outcome::State::unknown, ErrorKind::in_doubt), ended(Outcome::State::cancelled, ErrorKind::cancelled)}) {
    machine_ = StepMachine({{"r-1", "a", 1}, "p", "main"});
    follow({Purpose::stage, Purpose::publish, Purpose::cleanup});
    go_on(machine_.followed(ended(Outcome::State::succeeded), {}));
    go_on(machine_.followed(ended(Outcome::State::succeeded), {}));
    go_on(machine_.followed(trouble, {}));
    if (state() == StepState::running) go_on(machine_.followed(trouble, {}));
    ASSERT_EQ(state(), StepState::succeeded);
    const auto& changes = std::get<StepMachine::Done>(action_).result.changes;
    EXPECT_TRUE(std::any_of(changes.begin(), changes.end(), [](const store::Change& change) {
      return std::holds_alternative<store::PutLeftover>(change);
    })) << "the working table is remembered";
  }
}

TEST_F(StepMachineTest, APublishThatItsOwnLedgerRowRefusesHasLanded) {
  follow({Purpose::publish});
  go_on(machine_.followed(ended(Outcome::State::failed), {}));
  ASSERT_TRUE(is_find());
  Found found;
  found.state = Found::State::ended;
  found.outcome = ended(Outcome::State::succeeded);
  found.outcome.rows_written = 7;
  go_on(machine_.found(found, {}));
  ASSERT_EQ(state(), StepState::succeeded);
  EXPECT_EQ(std::get<StepMachine::Done>(action_).result.rows, 7);
}

TEST_F(StepMachineTest, APublishOfWhichTheLedgerKnowsNothingFailsWithWhatTheEngineSaid) {
  Found never;
  never.state = Found::State::never_arrived;
  Found unknown;
  unknown.state = Found::State::unknown;
  for (const Result<Found>& answer :
       {Result<Found>(never), Result<Found>(unknown), Result<Found>(fail(ErrorKind::permanent, "it may not be read"))}) {
    machine_ = StepMachine({{"r-1", "a", 1}, "p", "main"});
    follow({Purpose::publish});
    Outcome refused = ended(Outcome::State::failed);
    refused.error.message = "column v does not exist";
    go_on(machine_.followed(refused, {}));
    ASSERT_TRUE(is_find());
    go_on(machine_.found(answer, {}));
    ASSERT_EQ(state(), StepState::failed);
    EXPECT_EQ(std::get<StepMachine::Done>(action_).result.error->message, "column v does not exist");
  }
}

}  // namespace
}  // namespace penstock::run
