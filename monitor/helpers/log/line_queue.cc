#include "monitor/helpers/log/line_queue.h"

#include "common/base/log.h"

namespace zomg::log_writer {
namespace {

/// Some ten thousand lines: minutes of a busy gateway.
constexpr std::size_t kMaxBytes = 4UL * 1024 * 1024;

}  // namespace

void LineQueue::push(Voice voice, std::string_view line) {
  const std::size_t room = voice == Voice::kOwn ? kMaxBytes : kMaxBytes / 2;
  if (bytes_ + line.size() > room) {
    ++lost_;
    return;
  }
  // Not with the first line for which there is room again, or every second line would be this one.
  if (bytes_ < kMaxBytes / 4) tell_lost();
  add(std::string(line));
}

void LineQueue::add(std::string line) {
  bytes_ += line.size();
  lines_.push_back(std::move(line));
}

void LineQueue::tell_lost() {
  if (lost_ == 0) return;
  add(log::lost_line(lost_));
  lost_ = 0;
}

std::string_view LineQueue::front() {
  if (lines_.empty()) tell_lost();
  return std::string_view(lines_.front()).substr(written_);
}

void LineQueue::consume(std::size_t bytes) {
  written_ += bytes;
  if (written_ >= lines_.front().size()) pop();
}

void LineQueue::lose_front() {
  ++lost_;
  pop();
}

void LineQueue::pop() {
  bytes_ -= lines_.front().size();
  lines_.pop_front();
  written_ = 0;
}

}  // namespace zomg::log_writer
