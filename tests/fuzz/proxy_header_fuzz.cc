// The PROXY header from hostile bytes. Property: read as it is read from a socket, so many bytes as
// surely belong to it at a time, it ends where the parser that sees all of it says, or is none.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "common/base/limits.h"
#include "listener/connection/requests/proxy_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::size_t taken = 0;
  while (true) {
    const auto missing = connection::missing_header_bytes(bytes.substr(0, taken));
    if (!missing) {
      CHECK(!connection::parse_proxy_header(bytes.substr(0, taken)));
      return 0;
    }
    if (*missing == 0) break;
    CHECK(taken + *missing <= limits::kMaxProxyHeaderBytes);
    if (taken + *missing > size) return 0;
    taken += *missing;
  }
  const auto header = connection::parse_proxy_header(bytes.substr(0, taken));
  if (!header) return 0;
  CHECK(ipc::encode(*header));
  CHECK(header->relayed != header->client.address.value.empty());
  // Of a line nothing but digits, letters and what is in addresses tells who the client is.
  const std::string_view line = bytes.substr(0, taken);
  if (header->relayed && line.starts_with("PROXY ")) {
    CHECK(line.find_first_not_of("PROXYTCabcdefABCDEF0123456789.: \r\n") == std::string_view::npos);
  }
  return 0;
}
