#include "common/log.h"

#include <time.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace zomg::log {
namespace {

struct State {
  std::string program = "zomg-ssh";
  Level least = Level::kInfo;
};

State& state() {
  static State instance;
  return instance;
}

constexpr std::array<std::pair<std::string_view, Level>, 4> kLevels{{
    {"debug", Level::kDebug},
    {"info", Level::kInfo},
    {"warning", Level::kWarning},
    {"error", Level::kError},
}};

}  // namespace

void start(std::string_view program, Level level) {
  state().program = program;
  state().least = level;
  // gmtime_r(3) reads the time zone's file at its first call, which no sandbox allows.
  ::tzset();
}

bool parse_level(std::string_view name, Level& level) {
  for (const auto& [known, value] : kLevels) {
    if (known == name) {
      level = value;
      return true;
    }
  }
  return false;
}

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') {
      out += "\\\\";
    } else if (byte < 0x20 || byte > 0x7e) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

void write(Level level, std::string_view text) {
  if (level < state().least) return;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  ::gmtime_r(&now.tv_sec, &utc);
  std::string line = fmt::format(
      "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z {} {}[{}]: ", utc.tm_year + 1900, utc.tm_mon + 1,
      utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, now.tv_nsec / 1'000'000,
      kLevels[static_cast<std::size_t>(level)].first, state().program, ::getpid());
  line += escaped(text);
  line += '\n';
  // One write(2) a line keeps lines of several processes whole; a full log is nobody's end.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace zomg::log
