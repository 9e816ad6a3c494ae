#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace zomg::log_writer {

/// Who says a line: the supervisor and the monitor, or one of all the others.
enum class Voice { kOwn, kOthers };

/// The lines that wait for whoever reads the log. Bounded: what does not fit is dropped and counted,
/// and the count is a line of its own.
class LineQueue {
 public:
  /// Adds what one send(2) brought. The others have half of the room, so that none of them can
  /// silence the monitor.
  void push(Voice voice, std::string_view line);

  bool empty() const { return lines_.empty() && lost_ == 0; }
  /// What is to be written next; not to be asked when it is empty.
  std::string_view front();
  /// The first `bytes` of front() are written.
  void consume(std::size_t bytes);
  /// The rest of the line of front() cannot be written: it counts as lost.
  void lose_front();

 private:
  void add(std::string line);
  void tell_lost();
  void pop();

  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;
  std::size_t written_ = 0;  ///< of the first line
  std::uint64_t lost_ = 0;
};

}  // namespace zomg::log_writer
