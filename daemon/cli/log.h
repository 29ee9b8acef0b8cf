#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace penstock::cli {

enum class LogFormat { text, json };
enum class LogLevel { debug, info, warn, error };

/// One line of the daemon's log.
struct LogLine {
  LogLevel level = LogLevel::info;
  std::string event;                ///< What a program filters by, such as run.failed; shown in JSON only, people have the message.
  std::string message;              ///< A sentence without a full stop.
  nlohmann::ordered_json fields{};  ///< What the line is about, in the order in which it is shown: run, pipeline, step first.
};

/// How a line looks: TIME LEVEL MESSAGE KEY=VALUE..., or a JSON object with time, level, event, message and the fields. Always one line of
/// UTF-8: control characters are escaped, and what no reader takes in one piece is cut.
std::string shown(const LogLine& line, std::chrono::system_clock::time_point at, LogFormat format);

/// Sends every line of this process, those of spdlog's own functions too, to standard error in that format.
void open_log(LogFormat format, LogLevel least);

/// Writes a line, as of a moment or of now. Any thread.
void log(const LogLine& line, std::chrono::system_clock::time_point at = std::chrono::system_clock::now());

/// Whether a line of that level would be written.
bool is_logged(LogLevel level);

}  // namespace penstock::cli
