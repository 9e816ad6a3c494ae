#include "common/base/log.h"

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "common/base/quoted.h"
#include "common/base/signal_safe_log.h"

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

Digits::Digits(std::uint64_t number) {
  do {
    digits_[--first_] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
}

namespace {

/// A line of the log in memory of its own.
class FixedLine {
 public:
  void append(std::string_view text) {
    const std::size_t room = std::min(text.size(), bytes_.size() - 1 - size_);
    std::copy_n(text.data(), room, bytes_.data() + size_);
    size_ += room;
  }
  void append(std::uint64_t number, std::size_t width) {
    const Digits digits(number);
    for (std::size_t i = digits.text().size(); i < width; ++i) append("0");
    append(digits.text());
  }
  std::string_view end() {
    bytes_[size_++] = '\n';  // append() leaves room
    return {bytes_.data(), size_};
  }

 private:
  std::array<char, 512> bytes_{};
  std::size_t size_ = 0;
};

/// As make_line() has it. gmtime_r(3) takes a lock, which the interrupted code may have.
void append_time(FixedLine& line) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const std::chrono::sys_seconds seconds{std::chrono::seconds(now.tv_sec)};
  const auto midnight = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss time(seconds - midnight);
  line.append(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
  line.append("-");
  line.append(static_cast<unsigned>(date.month()), 2);
  line.append("-");
  line.append(static_cast<unsigned>(date.day()), 2);
  line.append("T");
  line.append(static_cast<std::uint64_t>(time.hours().count()), 2);
  line.append(":");
  line.append(static_cast<std::uint64_t>(time.minutes().count()), 2);
  line.append(":");
  line.append(static_cast<std::uint64_t>(time.seconds().count()), 2);
  line.append(".");
  line.append(static_cast<std::uint64_t>(now.tv_nsec / 1'000'000), 3);
  line.append("Z ");
}

}  // namespace

bool write_in_handler(Level level, std::initializer_list<std::string_view> parts) {
  FixedLine line;
  append_time(line);
  line.append(kLevels[static_cast<std::size_t>(level)].first);
  line.append(" ");
  line.append(state().program);
  line.append("[");
  line.append(static_cast<std::uint64_t>(::getpid()), 1);
  line.append("]: ");
  for (const std::string_view part : parts) line.append(part);
  return put(line.end());
}

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
