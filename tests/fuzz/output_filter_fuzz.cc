// What comes back from a container by kubectl, in pieces of any size. Without the mark, which no
// container knows of itself, every byte is the user's and there is no status.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "sessiond/kubectl/output_filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using zomg::kubectl::OutputFilter;
  if (size == 0) return 0;
  const std::string mark =
      "\x1e"
      "ab-cd";
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = data[0] % 7 + 1;
  for (const auto stream : {OutputFilter::Stream::kTerminal, OutputFilter::Stream::kError}) {
    OutputFilter filter(mark, stream);
    std::string out = filter.take(mark + " S\n");
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      out += filter.take(bytes.substr(at, piece));
    }
    out += filter.finish();
    CHECK(filter.started());
    if (bytes.find(mark) != std::string_view::npos) continue;
    CHECK(!filter.ended());
    CHECK(out + filter.complaint() == bytes);
    CHECK(stream == OutputFilter::Stream::kError || out == bytes);
  }
  return 0;
}
