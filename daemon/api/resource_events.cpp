#include <set>
#include <tuple>

#include "daemon/api/request_reader.h"
#include "daemon/api/resources.h"

namespace penstock::api {
namespace {

using store::Event;

constexpr int kBatch = 500;
constexpr std::size_t kLongestEventId = 18;
constexpr std::chrono::seconds kHeartbeat{10};

/// What a reader of the stream wants to hear of; nothing chosen means everything.
class Topics {
 public:
  static std::optional<std::string> parse(std::string_view text) {
    static const std::set<std::string, std::less<>> kWords{"runs", "pipelines", "backfills", "connections", "server"};
    if (kWords.contains(text) || text.rfind("run:", 0) == 0 || text.rfind("pipeline:", 0) == 0) return std::string(text);
    return std::nullopt;
  }

  explicit Topics(const std::vector<std::string>& names) : names_(names.begin(), names.end()) {}

  bool wants(const Event& event) const {
    if (names_.empty()) return true;
    const bool of_run = names_.contains("run:" + event.run_id);
    switch (event.kind) {
      case Event::Kind::run:
        return of_run || names_.contains("runs") || names_.contains("pipeline:" + event.pipeline);
      case Event::Kind::step:
      case Event::Kind::unit:
      case Event::Kind::check:
        return of_run;
      case Event::Kind::pipeline:
        return names_.contains("pipelines") || names_.contains("pipeline:" + event.pipeline);
      case Event::Kind::backfill:
        return names_.contains("backfills");
      case Event::Kind::connection:
        return names_.contains("connections");
      case Event::Kind::server:
        return names_.contains("server");
    }
    return false;
  }

 private:
  std::set<std::string, std::less<>> names_;
};

std::string message(std::int64_t id, std::string_view name, const Json& data) {
  return "id: " + std::to_string(id) + "\nevent: " + std::string(name) +
         "\ndata: " + data.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n\n";
}

/// The thing that an event is about as it stands in the snapshot; null where it is gone or another call tells it better.
class EventBody {
 public:
  EventBody(Context& context, const Request& request, store::Snapshot& snapshot)
      : context_(context), request_(request), snapshot_(snapshot), index_(context.index()) {}

  Json of(const Event& event) {
    switch (event.kind) {
      case Event::Kind::run:
        return run(event);
      case Event::Kind::step:
        return step(event);
      case Event::Kind::unit:
        return unit(event);
      case Event::Kind::check:
        return check(event);
      case Event::Kind::pipeline:
        return {{"name", event.pipeline}, {"change", event.subject}, {"next_start", nullptr}, {"freshness", nullptr}};
      case Event::Kind::backfill:
        return backfill(event);
      case Event::Kind::connection:
        return {{"name", event.subject}, {"state", event.state}};
      case Event::Kind::server:
        return {{"state", event.state}};
    }
    return nullptr;
  }

 private:
  Json run(const Event& event) {
    const auto found = snapshot_.run(event.run_id);
    return found && *found ? shown_run(context_, request_, **found) : Json(nullptr);
  }

  Json step(const Event& event) {
    const auto found = snapshot_.step(event.run_id, event.step);
    if (!found || !*found) return nullptr;
    return step_json(**found, index_->step(event.pipeline, event.step));
  }

  Json unit(const Event& event) {
    const auto found = snapshot_.unit(event.subject);
    if (!found || !*found) return nullptr;
    const store::UnitRun& unit = **found;
    return {{"run_id", unit.run_id},
            {"step", unit.step},
            {"attempt", unit.attempt},
            {"phase", store::phase_of(unit.purpose)},
            {"unit", unit_json(unit, unit.ordinal, std::nullopt)}};
  }

  Json check(const Event& event) {
    const auto found = snapshot_.latest_check(event.run_id, event.step, event.subject);
    if (!found || !*found) return nullptr;
    return {{"run_id", event.run_id}, {"step", event.step}, {"attempt", (*found)->attempt}, {"check", check_json(**found)}};
  }

  Json backfill(const Event& event) {
    const auto found = snapshot_.backfill(event.subject);
    return found && *found ? backfill_json(**found, may_act(context_, request_)) : Json(nullptr);
  }

  Context& context_;
  const Request& request_;
  store::Snapshot& snapshot_;
  IndexPtr index_;
};

/// One reader's stream, from the event after `sequence` on.
class EventStream {
 public:
  EventStream(Context& context, Request request, Topics topics, std::optional<std::int64_t> after)
      : context_(context), request_(std::move(request)), topics_(std::move(topics)), after_(after) {}

  void serve(const Write& write) {
    const std::unique_ptr<run::Subscription> subscription =
        context_.engine->subscribe([bell = bell_](const std::vector<Event>&) { bell->ring(); });
    if (!begin(write)) return;
    while (true) {
      const std::optional<bool> more = send_batch(write);
      if (!more) return;
      if (*more) continue;
      if (!bell_->wait_for(kHeartbeat) && !write(": heartbeat\n\n")) return;
      if (context_.wakeups.closed()) return;
    }
  }

 private:
  bool begin(const Write& write) {
    if (after_) return true;
    auto snapshot = context_.readers.snapshot();
    if (!snapshot) return false;
    after_ = snapshot->last_event();
    return write(message(*after_, "hello", Json::object()));
  }

  /// Whether there is more to send at once; nothing when the stream is over.
  std::optional<bool> send_batch(const Write& write) {
    std::string text;
    bool more = false;
    {
      auto snapshot = context_.readers.snapshot();
      if (!snapshot) return std::nullopt;
      const auto batch = snapshot->events_after(*after_, kBatch);
      if (!batch) return std::nullopt;
      if (batch->lost) {
        after_ = snapshot->last_event();
        text = message(*after_, "reset", Json::object());
      } else {
        text = encode(batch->events, *snapshot);
        more = static_cast<int>(batch->events.size()) == kBatch;
      }
    }
    if (!text.empty() && !write(text)) return std::nullopt;
    return more;
  }

  /// Every thing once, as it is after the batch, at the place of its last event.
  std::string encode(const std::vector<Event>& events, store::Snapshot& snapshot) {
    EventBody body(context_, request_, snapshot);
    std::set<std::tuple<Event::Kind, std::string, std::string, std::string>> told;
    std::vector<std::string> messages;
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
      if (!topics_.wants(*event)) continue;
      if (!told.emplace(event->kind, event->pipeline + "/" + event->run_id, event->step, event->subject).second) continue;
      const Json data = body.of(*event);
      if (!data.is_null()) messages.push_back(message(event->sequence, name_of(event->kind), data));
    }
    if (!events.empty()) after_ = events.back().sequence;
    std::string text;
    for (auto part = messages.rbegin(); part != messages.rend(); ++part) text += *part;
    return text;
  }

  Context& context_;
  Request request_;
  Topics topics_;
  std::optional<std::int64_t> after_;
  std::shared_ptr<Bell> bell_ = context_.wakeups.make();
};

std::optional<std::int64_t> resume_point(const Request& request) {
  std::string text(request.header("last-event-id"));
  if (text.empty()) text = request.parameter("last_event_id").value_or("");
  if (text.empty() || text.size() > kLongestEventId || text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return std::stoll(text);
}

}  // namespace

Response stream_events(Context& context, const Request& request) {
  RequestReader reader(request);
  const Topics topics(reader.list<std::string>("topics", Topics::parse));
  const std::string last = reader.text("last_event_id");
  if (last.size() > kLongestEventId || last.find_first_not_of("0123456789") != std::string::npos) {
    reader.fault("last_event_id", "invalid_value", "expected the id of an event");
  }
  if (!reader.ok()) return reader.refusal();
  if (context.engine == nullptr) return read_only(request);
  Response response;
  response.media_type = "text/event-stream";
  response.headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};
  const auto stream = std::make_shared<EventStream>(context, request, topics, resume_point(request));
  response.stream = [stream](const Write& write) { stream->serve(write); };
  return response;
}

}  // namespace penstock::api
