#include "monitor/kubernetes/server_url.h"

#include <algorithm>

#include "common/quoted.h"

namespace zomg::kubernetes {
namespace {

constexpr std::string_view kAlphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

bool consists_of(std::string_view text, std::string_view more) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return kAlphanumeric.find(c) != std::string_view::npos ||
           more.find(c) != std::string_view::npos;
  });
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string ServerUrl::authority() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", ipv6 ? "[" : "", host, ipv6 ? "]" : "", port);
}

common::Result<ServerUrl> parse_server_url(std::string_view text) {
  const auto wrong = [&] {
    return common::error("{} is not the address of an API server, such as https://host:6443",
                         common::quoted(text));
  };
  constexpr std::string_view kScheme = "https://";
  std::string_view rest = text;
  if (!rest.starts_with(kScheme)) return wrong();
  rest.remove_prefix(kScheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view authority = rest.substr(0, slash);
  std::string_view path = rest.substr(slash);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (!path.empty() && !consists_of(path, "/-._~")) return wrong();

  ServerUrl url;
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return wrong();
    url.host = authority.substr(1, end - 1);
    if (!consists_of(url.host, ":.")) return wrong();
    port = authority.substr(end + 1);
    if (!port.empty() && port[0] != ':') return wrong();
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    if (!consists_of(url.host, "-.")) return wrong();
    port = authority.substr(colon);
  }
  url.port = port.empty() ? "443" : std::string(port.substr(1));
  if (!is_port(url.port)) return wrong();
  url.path = path;
  return url;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (consists_of({&c, 1}, "-._~")) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace zomg::kubernetes
