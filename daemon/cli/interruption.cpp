#include "daemon/cli/interruption.h"

#include <unistd.h>

namespace penstock::cli {

std::string left_behind(const Transport& transport, std::string_view id) {
  const std::string where = transport.address().empty() ? "no daemon works here: the next start, of penstockd or of a run, goes on with it"
                                                        : "it goes on at " + transport.address();
  // A backfill has no page of its own in `penstock status`.
  const std::string shown = id.starts_with("r-") ? "penstock status " + std::string(id) + " shows it, " : "";
  return where + "; " + shown + "penstock cancel " + std::string(id) + " ends it";
}

Interruption::Interruption(Invocation& invocation, Transport& transport)
    : invocation_(invocation),
      transport_(transport),
      interrupts_(invocation.assembly.signals, [this](int signal, int number) { take(signal, number); }) {}

Interruption::~Interruption() = default;

void Interruption::started(std::string id, std::string path) {
  const std::lock_guard lock(mutex_);
  id_ = std::move(id);
  path_ = std::move(path);
  if (wanted_) cancel();
}

void Interruption::take(int signal, int number) {
  const std::lock_guard lock(mutex_);
  const bool first = number == 1;
  if (signal == SIGHUP && first && !transport_.address().empty()) leave();
  if (!first) {
    if (signal == SIGINT) leave();
    return;
  }
  wanted_ = true;
  if (!id_.empty()) return cancel();
  invocation_.err << "\nwaiting for the answer, to cancel what it starts; press Ctrl-C again to leave\n";
  invocation_.err.flush();
}

void Interruption::cancel() {
  invocation_.err << "\ncancelling " << id_ << " at the engine; press Ctrl-C again to leave it running\n";
  invocation_.err.flush();
  cancelling_ = std::jthread([this, path = path_ + "/cancel"] {
    if (const Result<Json> done = post(transport_, path, Json::object()); !done) {
      invocation_.err << "cannot cancel: " << done.error().message << '\n';
    }
  });
}

void Interruption::leave() {
  if (id_.empty()) {
    invocation_.err << "\nleft before the answer came: penstock status shows whether something was started\n";
  } else {
    invocation_.err << "\n" << id_ << " is left: " << left_behind(transport_, id_) << '\n';
  }
  invocation_.err.flush();
  ::_exit(kInterrupted);
}

}  // namespace penstock::cli
