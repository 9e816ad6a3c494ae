// A terminal's output, as a recording. Property: in whatever pieces it comes, the lines are JSON,
// and their texts together are the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "common/base/check.h"
#include "monitor/helpers/recorder/asciicast.h"

namespace {

using namespace zomg;

std::string recorded(std::string_view bytes, std::size_t piece_bytes) {
  recorder::Asciicast cast;
  std::string text;
  const auto add = [&text](const std::string& line) {
    if (line.empty()) return;
    CHECK(line.find('\n') == line.size() - 1);
    text += nlohmann::json::parse(line)[2].get<std::string>();
  };
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, piece_bytes);
    add(cast.output(recorder::Moment(1), piece));
    bytes.remove_prefix(piece.size());
  }
  add(cast.rest(recorder::Moment(1)));
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = recorded(bytes, bytes.size() + 1);
  for (const std::size_t piece : {1U, 2U, 3U, 7U}) CHECK(recorded(bytes, piece) == whole);
  return 0;
}
