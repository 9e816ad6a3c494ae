// A kubeconfig file, and the server's address in it.
#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/check.h"
#include "monitor/helpers/kubernetes/kubeconfig.h"
#include "monitor/helpers/kubernetes/server_url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg::kubernetes;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto config = parse_kubeconfig({{"/d/config", text}});
  if (!config) return 0;
  CHECK(config->token.file.empty() || config->token.file[0] == '/');
  if (const auto url = parse_server_url(config->server)) {
    const auto again = parse_server_url(url->text());
    CHECK(again && again->text() == url->text());
  }
  return 0;
}
