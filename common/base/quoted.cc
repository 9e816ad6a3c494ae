#include "common/base/quoted.h"

#include <fmt/core.h>

#include <algorithm>

namespace zomg::common {
namespace {

bool is_printable(char c) {
  return c >= 0x20 && c <= 0x7e;
}

/// Of names, paths, addresses and times, but nothing that separates the fields of a line.
bool is_of_a_word(char c) {
  constexpr std::string_view kMarks = "-_.+/@%:*!?";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         kMarks.find(c) != std::string_view::npos;
}

void append(std::string& out, char c) {
  if (is_printable(c)) {
    out += c;
  } else {
    out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
}

}  // namespace

std::string quoted(std::string_view text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_of_a_word)) {
    return std::string(text);
  }
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    append(out, c);
  }
  out += '"';
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) append(out, c);
  return out;
}

}  // namespace zomg::common
