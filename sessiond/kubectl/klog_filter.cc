#include "sessiond/kubectl/klog_filter.h"

#include <algorithm>

namespace zomg::kubectl {
namespace {

enum class Match { kNo, kPart, kYes };

/// Whether `text` begins with, or may be the beginning of, what klog puts before a text:
/// `Lmmdd hh:mm:ss.uuuuuu`, blanks, the pid, a blank.
Match match_header(std::string_view text, std::string_view pid) {
  constexpr std::string_view kShape = "L0000 00:00:00.000000 ";
  const auto fits = [](char shape, char c) {
    if (shape == 'L') return c == 'I' || c == 'W' || c == 'E' || c == 'F';
    if (shape == '0') return c >= '0' && c <= '9';
    return c == shape;
  };
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (i == text.size()) return Match::kPart;
    if (!fits(kShape[i], text[i])) return Match::kNo;
  }
  // klog pads the pid to seven places.
  text.remove_prefix(kShape.size());
  const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
  if (blanks > 6) return Match::kNo;
  text.remove_prefix(blanks);
  const std::string want = std::string(pid) + ' ';
  const std::size_t size = std::min(want.size(), text.size());
  if (text.substr(0, size) != std::string_view(want).substr(0, size)) return Match::kNo;
  return size == want.size() ? Match::kYes : Match::kPart;
}

}  // namespace

std::string KlogFilter::take(std::string_view bytes) {
  std::string text = std::exchange(pending_, {});
  text += bytes;
  std::string_view rest = text;
  std::string out;
  while (!rest.empty()) {
    if (in_line_) {
      const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
      in_line_ = rest[end] != '\n';
      log_ += rest.substr(0, end + 1);
      rest.remove_prefix(end + 1);
      continue;
    }
    // Anywhere: what others wrote may have no end of a line.
    const std::size_t at = std::min(rest.find_first_of("IWEF"), rest.size());
    out += rest.substr(0, at);
    rest.remove_prefix(at);
    if (rest.empty()) break;
    const Match match = match_header(rest, pid_);
    if (match == Match::kPart) {
      pending_ = rest;
      break;
    }
    in_line_ = match == Match::kYes;
    if (match == Match::kNo) {
      out += rest[0];
      rest.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace zomg::kubectl
