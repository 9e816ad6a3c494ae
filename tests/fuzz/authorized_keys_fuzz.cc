// The text of authorized_keys. Properties: each line is a blank, a comment, a key or rejected; a
// key is found again, by what its line has in base64 and by nothing else, with the number of its
// line.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "common/ssh/base64.h"
#include "monitor/login/authorized_keys.h"

namespace {

using namespace zomg::monitor;

/// Calls `visit` for the parts of `text` between characters of `separators`.
template <typename Visit>
void for_each_part(std::string_view text, std::string_view separators, Visit visit) {
  while (true) {
    const std::size_t end = text.find_first_of(separators);
    visit(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

bool is_a_line_of_keys(std::string_view line) {
  const std::size_t start = line.find_first_not_of(" \t");
  return start != std::string_view::npos && line[start] != '#' &&
         line.find_first_not_of(" \t\r") != std::string_view::npos;
}

/// How many entries with this source a word of the line finds.
std::size_t count_found(const AuthorizedKeys& keys, std::string_view line,
                        const std::string& source) {
  std::size_t found = 0;
  for_each_part(line, " \t\r", [&](std::string_view word) {
    const auto blob = zomg::common::decode_base64(word);
    if (!blob) return;
    for (const AuthorizedKey& key : keys.find(*blob)) {
      CHECK(key.blob == *blob);
      if (key.source != source) continue;
      ++found;
      (void)permit(key.options, {"demo--box1", "192.0.2.1", 1800000000}).has_value();
    }
  });
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  AuthorizedKeys keys;
  const auto rejected = keys.add(text, "fuzz");
  auto next_rejected = rejected.begin();
  std::size_t number = 0;
  std::size_t accepted = 0;
  for_each_part(text, "\n", [&](std::string_view line) {
    ++number;
    if (!is_a_line_of_keys(line)) return;
    const std::string source = "fuzz line " + std::to_string(number);
    if (next_rejected != rejected.end() && next_rejected->source == source) {
      CHECK(!next_rejected->reason.empty());
      ++next_rejected;
      return;
    }
    ++accepted;
    CHECK(count_found(keys, line, source) >= 1);
  });
  CHECK(next_rejected == rejected.end() && accepted == keys.size());
  return 0;
}
