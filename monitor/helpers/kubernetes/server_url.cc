#include "monitor/helpers/kubernetes/server_url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "common/base/quoted.h"

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
  std::uint16_t port = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  return fault == std::errc() && end == text.data() + text.size() && port != 0;
}

}  // namespace

std::string ServerUrl::authority() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", ipv6 ? "[" : "", host, ipv6 ? "]" : "", port);
}

namespace {

/// RFC 3986 §3.3 pchar, but for what is percent-encoded.
constexpr std::string_view kOfAPath = "/-._~!$&'()*+,;=:@";

/// The segments of `path` that count, as Go's path.Clean() has it: ends without a slash.
std::string cleaned(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    if (segment == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
    } else if (!segment.empty() && segment != ".") {
      out += fmt::format("/{}", segment);
    }
  }
  return out;
}

/// Takes the scheme off. An address without one kubectl asks over http.
bool take_scheme(std::string_view& rest) {
  const std::size_t end = rest.find("://");
  if (end == std::string_view::npos) return false;
  std::string scheme(rest.substr(0, end));
  for (char& c : scheme) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c;
  rest.remove_prefix(end + 3);
  return scheme == "https";
}

bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

}  // namespace

common::Result<ServerUrl> parse_server_url(std::string_view text) {
  const auto wrong = [&](std::string_view what) {
    return common::error("{} is not the address of an API server, such as https://host:6443: {}",
                         common::quoted(text), what);
  };
  std::string_view rest = text;
  if (!take_scheme(rest)) return wrong("it has to begin with https://");
  // What kubectl does not send either.
  rest = rest.substr(0, rest.find_first_of("?#"));
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view authority = rest.substr(0, slash);
  const std::string_view path = rest.substr(slash);
  if (!path.empty() && !consists_of(path, kOfAPath)) {
    return wrong("its path has a character that is not supported");
  }
  if (authority.find('@') != std::string_view::npos) return wrong("it names a user");

  ServerUrl url;
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return wrong("a ] is missing");
    url.host = authority.substr(1, end - 1);
    if (!is_ipv6(url.host)) return wrong("what is in brackets is no IPv6 address");
    port = authority.substr(end + 1);
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    if (!consists_of(url.host, "-._")) return wrong("its host is neither a name nor an address");
    port = authority.substr(colon);
  }
  if (!port.empty() && port[0] != ':') return wrong("there is something behind the ]");
  url.port = port.size() < 2 ? "443" : std::string(port.substr(1));
  if (!is_port(url.port)) return wrong("its port is none");
  url.path = cleaned(path);
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
