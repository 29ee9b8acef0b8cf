#include "daemon/cli/log.h"

#include <date/date.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <memory>

#include "pipelines/base/utf8.h"

namespace penstock::cli {
namespace {

using nlohmann::ordered_json;

/// Container runtimes cut lines at 16 KiB, and half an object is none.
constexpr std::size_t kLongestText = 4000;

constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warn", "error"};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  constexpr std::array kTheirs{spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};
  return kTheirs.at(static_cast<std::size_t>(level));
}

LogLevel from_spdlog(spdlog::level::level_enum level) {
  if (level < spdlog::level::info) return LogLevel::debug;
  if (level == spdlog::level::info) return LogLevel::info;
  return level == spdlog::level::warn ? LogLevel::warn : LogLevel::error;
}

std::string bounded(std::string_view text) { return as_utf8(shortened(text, kLongestText)); }

std::string as_json(const ordered_json& value) { return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

/// The text with its control characters as JSON writes them.
std::string on_one_line(const std::string& text) {
  std::string shown;
  for (const char c : text) {
    if (!is_control(c)) {
      shown += c;
    } else if (c == '\x7f') {
      shown += "\\u007f";
    } else {
      const std::string quoted = as_json(std::string(1, c));
      shown += quoted.substr(1, quoted.size() - 2);
    }
  }
  return shown;
}

std::string field_text(const ordered_json& value) {
  if (!value.is_string()) return as_json(value);
  const std::string text = bounded(value.get<std::string>());
  const bool is_plain = !text.empty() && text.find_first_of(" \"=\\") == std::string::npos && text == on_one_line(text);
  return is_plain ? text : on_one_line(as_json(text));
}

/// Lines of `log` bring their fields along; those of other callers have a message only. A formatter is called on the thread that logs.
thread_local const LogLine* current_line = nullptr;

class LineFormatter final : public spdlog::formatter {
 public:
  explicit LineFormatter(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& into) override {
    const std::string text = current_line != nullptr
                                 ? shown(*current_line, message.time, format_)
                                 : shown({from_spdlog(message.level), {}, std::string(message.payload.data(), message.payload.size()), {}},
                                         message.time, format_);
    into.append(text.data(), text.data() + text.size());
    into.push_back('\n');
  }

  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<LineFormatter>(format_); }

 private:
  LogFormat format_;
};

}  // namespace

std::string shown(const LogLine& line, std::chrono::system_clock::time_point at, LogFormat format) {
  const std::string time = date::format("%FT%TZ", std::chrono::floor<std::chrono::milliseconds>(at));
  const std::string_view level = kLevels.at(static_cast<std::size_t>(line.level));
  if (format == LogFormat::json) {
    ordered_json object{{"time", time}, {"level", level}};
    if (!line.event.empty()) object["event"] = line.event;
    object["message"] = bounded(line.message);
    for (const auto& [key, value] : line.fields.items())
      object[key] = value.is_string() ? ordered_json(bounded(value.get<std::string>())) : value;
    return as_json(object);
  }
  std::string text = time + ' ' + std::string(level) + ' ' + on_one_line(bounded(line.message));
  for (const auto& [key, value] : line.fields.items()) text += ' ' + key + '=' + field_text(value);
  return text;
}

void open_log(LogFormat format, LogLevel least) {
  auto logger = std::make_shared<spdlog::logger>("penstockd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(std::make_unique<LineFormatter>(format));
  logger->set_level(to_spdlog(least));
  spdlog::set_default_logger(std::move(logger));
}

void log(const LogLine& line, std::chrono::system_clock::time_point at) {
  current_line = &line;
  spdlog::default_logger_raw()->log(at, spdlog::source_loc{}, to_spdlog(line.level), spdlog::string_view_t(line.message));
  current_line = nullptr;
}

bool is_logged(LogLevel level) { return spdlog::should_log(to_spdlog(level)); }

}  // namespace penstock::cli
