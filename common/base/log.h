#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <string_view>

/// Logging to stderr: one line an event, `time level program[pid]: text`. What is not printable
/// ASCII is escaped, so no peer can forge a line; what others chose goes in by common::quoted(), so
/// that they cannot forge a part of one.
///
/// In a gateway that serves, stderr is a socket to zomg-ssh-log, and nothing here ever waits: a line
/// that the socket does not take is lost, counted, and the count is said when it takes lines again.
namespace zomg::log {

enum class Level { kDebug, kInfo, kWarning, kError };

/// Names the program in every line and sets the least level that is written.
void start(std::string_view program, Level level);

/// The level by its name in ZOMG_SSH_LOG_LEVEL: debug, info, warning, error. False for another.
bool parse_level(std::string_view name, Level& level);

void write(Level level, std::string_view text);

/// Sends bytes as they are, without waiting where stderr is a socket. False when they were lost.
/// Async-signal-safe.
bool put(std::string_view bytes);

/// The line that says that `count` lines were lost.
std::string lost_line(std::uint64_t count);
/// Says how many lines of this process were lost, if any were and there is room again.
void tell_lost();

/// The descriptor that programs which this process starts get for stderr: its own, unless set.
int children_output();
void set_children_output(int fd);

template <typename... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kWarning, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace zomg::log
