#include "common/log.h"

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "common/quoted.h"

namespace zomg::log {
namespace {

/// What is longer is cut: what others send is in lines, and zomg-ssh-log takes no more at once.
constexpr std::size_t kMaxLineBytes = 16UL * 1024;

struct State {
  std::string program = "zomg-ssh";
  Level least = Level::kInfo;
  std::uint64_t lost = 0;
  int children_output = STDERR_FILENO;
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

namespace {

std::string make_line(Level level, std::string_view text) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  ::gmtime_r(&now.tv_sec, &utc);
  std::string line = fmt::format(
      "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z {} {}[{}]: ", utc.tm_year + 1900, utc.tm_mon + 1,
      utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, now.tv_nsec / 1'000'000,
      kLevels[static_cast<std::size_t>(level)].first, state().program, ::getpid());
  line += common::printable(text);
  if (line.size() >= kMaxLineBytes) {
    line.resize(kMaxLineBytes - 4);
    line += "...";
  }
  line += '\n';
  return line;
}

}  // namespace

bool put(std::string_view bytes) {
  // Not by O_NONBLOCK, which whoever shares the descriptor could take away.
  ssize_t sent = ::send(STDERR_FILENO, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno == ENOTSOCK) sent = ::write(STDERR_FILENO, bytes.data(), bytes.size());
  return sent >= 0;
}

void write(Level level, std::string_view text) {
  if (level < state().least) return;
  tell_lost();
  // One call a line keeps lines of several processes whole; a full log is nobody's end.
  if (state().lost > 0 || !put(make_line(level, text))) ++state().lost;
}

std::string lost_line(std::uint64_t count) {
  return make_line(Level::kWarning,
                   fmt::format("{} lines of the log were lost, as nobody read it", count));
}

void tell_lost() {
  if (state().lost > 0 && put(lost_line(state().lost))) state().lost = 0;
}

int children_output() {
  return state().children_output;
}

void set_children_output(int fd) {
  state().children_output = fd;
}

}  // namespace zomg::log
