#include "sessiond/kubectl/output_filter.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace zomg::kubectl {
namespace {

/// The longest word is a status of three digits or a reason; anything longer is none.
constexpr std::size_t kMaxWordBytes = 64;
constexpr std::size_t kMaxComplaintBytes = 4096;

/// How kubectl's own last lines begin, old and new (kubectl pkg/cmd/util/helpers.go, exec.go).
constexpr std::array<std::string_view, 3> kComplaints{
    "command terminated with exit code ",
    "error: ",
    "Error from server",
};

/// Whether `line` is the beginning of a complaint, or begins with one.
bool may_be_complaint(std::string_view line) {
  return std::any_of(kComplaints.begin(), kComplaints.end(), [&](std::string_view known) {
    const std::size_t size = std::min(known.size(), line.size());
    return line.substr(0, size) == known.substr(0, size);
  });
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 20 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// How many bytes at the end of `text` begin `mark`.
std::size_t tail_that_begins(std::string_view text, std::string_view mark) {
  std::size_t size = std::min(text.size(), mark.size() - 1);
  while (size > 0 && !text.ends_with(mark.substr(0, size))) --size;
  return size;
}

}  // namespace

void OutputFilter::complain(std::string_view text) {
  complaint_ += text;
  if (complaint_.size() > kMaxComplaintBytes) {
    complaint_.erase(0, complaint_.size() - kMaxComplaintBytes);
  }
}

void OutputFilter::read_word(std::string_view word) {
  if ((word == "S" || word.starts_with("S ")) && !started_) {
    started_ = true;
    complaint_.clear();
    const std::size_t space = word.rfind(' ');
    if (space < 2 || space == std::string_view::npos) return;
    const std::string_view leader = word.substr(2, space - 2);
    const std::string_view start = word.substr(space + 1);
    if (!is_number(leader) || !is_number(start)) return;
    leader_ = leader;
    leader_started_ = start;
  } else if (word.starts_with("F ") && !ended()) {
    reason_ = word.substr(2);
  } else if (word == "Z") {
    closed_ = true;
  } else if (word.starts_with("E ") && !ended()) {
    constexpr std::string_view kHeld = " held";
    const bool held = word.ends_with(kHeld);
    if (held) word.remove_suffix(kHeld.size());
    int status = 0;
    const char* end = word.data() + word.size();
    const auto parsed = std::from_chars(word.data() + 2, end, status);
    if (parsed.ec == std::errc() && parsed.ptr == end && status >= 0 && status <= 255) {
      status_ = status;
      held_open_ = held;
    }
  }
}

void OutputFilter::pass(std::string_view bytes, std::string& out) {
  if (bytes.empty()) return;
  if (!started_) return complain(bytes);
  if (stream_ != Stream::kError) {
    out += bytes;
    return;
  }
  // More came, so what is held was not the end.
  std::string text = std::exchange(held_, {});
  text += bytes;
  const std::size_t line_end = text.rfind('\n', text.size() - 2);
  const bool one_line = text.size() == 1 || line_end == std::string::npos;
  const std::size_t last_line = one_line ? 0 : line_end + 1;
  const bool begins_line = !one_line || at_line_start_;
  at_line_start_ = text.ends_with('\n');
  const std::string_view last = std::string_view(text).substr(last_line);
  // A longer one is the program's, which could have us keep it without end.
  if (begins_line && last.size() <= kMaxComplaintBytes && may_be_complaint(last)) {
    held_ = text.substr(last_line);
    text.resize(last_line);
    at_line_start_ = true;
  }
  out += text;
}

std::string OutputFilter::take(std::string_view bytes) {
  if (!klog_) return take_unlogged(bytes);
  const std::string rest = klog_->take(bytes);
  complain(klog_->take_log());
  return take_unlogged(rest);
}

std::string OutputFilter::take_unlogged(std::string_view bytes) {
  std::string out;
  std::string text = std::exchange(pending_, {});
  text += bytes;
  std::string_view rest = text;
  while (true) {
    const std::size_t at = rest.find(mark_);
    if (at == std::string_view::npos) break;
    const std::string_view word = rest.substr(at + mark_.size());
    const std::size_t end = word.find('\n');
    if (end == std::string_view::npos && word.size() <= kMaxWordBytes) {
      pass(rest.substr(0, at), out);
      pending_ = rest.substr(at);
      return out;
    }
    pass(rest.substr(0, at), out);
    // Without its line end it is no word, and nothing that a user could have sent either.
    std::string_view line = word.substr(0, std::min(end, word.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(' ')) read_word(line.substr(1));
    rest = end == std::string_view::npos ? std::string_view() : word.substr(end + 1);
  }
  const std::size_t kept = tail_that_begins(rest, mark_);
  pass(rest.substr(0, rest.size() - kept), out);
  pending_ = rest.substr(rest.size() - kept);
  return out;
}

std::string OutputFilter::release() {
  std::string out;
  if (klog_) out = take_unlogged(klog_->release());
  if (!held_.empty()) at_line_start_ = held_.ends_with('\n');
  return out + std::exchange(held_, {});
}

std::string OutputFilter::finish() {
  std::string out;
  if (klog_) out = take_unlogged(klog_->release());
  if (!pending_.starts_with(mark_)) pass(std::exchange(pending_, {}), out);
  complain(std::exchange(held_, {}));
  return out;
}

}  // namespace zomg::kubectl
