// The seccomp profile of a container: JSON, rules, and the BPF program that is made of them.
#include <linux/filter.h>
#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

#include "common/base/check.h"
#include "common/base/limits.h"
#include "monitor/helpers/resolver/container/seccomp_filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg;
  // As what is kept of the runtime's details is bounded.
  if (size > limits::kMaxSubtreeBytes) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto profile = resolver::parse_seccomp_profile(json);
  if (!profile) return 0;
  const auto filter = resolver::compile_seccomp_filter(*profile);
  if (!filter) return 0;
  // What the monitor's side takes: whole instructions, no more than the kernel loads.
  struct stat status {};
  CHECK(::fstat(filter->get(), &status) == 0);
  CHECK(status.st_size > 0 && status.st_size % static_cast<off_t>(sizeof(sock_filter)) == 0);
  CHECK(static_cast<std::size_t>(status.st_size) <= limits::kMaxSeccompFilterBytes);
  return 0;
}
