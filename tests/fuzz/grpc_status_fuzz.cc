// The header and trailer lines of an answer of the container runtime.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "monitor/helpers/resolver/cri/grpc_status.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  zomg::resolver::GrpcStatus status;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (!status.add_line(rest.substr(0, end == rest.npos ? end : end + 1))) break;
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  }
  (void)status.outcome().has_value();
  return 0;
}
