#include "monitor/authorized_keys.h"

#include <algorithm>
#include <array>
#include <optional>

#include "common/base64.h"
#include "common/limits.h"

namespace zomg::monitor {
namespace {

using common::Result;

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (is_blank(text.front()))) text.remove_prefix(1);
  while (!text.empty() && (is_blank(text.back()) || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// The text up to the next blank outside double quotes, which is taken off `rest`.
std::string_view take_field(std::string_view& rest) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || !is_blank(rest[end])); ++end) {
    if (rest[end] == '\\' && end + 1 < rest.size() && rest[end + 1] == '"') {
      ++end;
    } else if (rest[end] == '"') {
      quoted = !quoted;
    }
  }
  const std::string_view field = rest.substr(0, end);
  rest = trimmed(rest.substr(end));
  return field;
}

constexpr std::array<std::string_view, 7> kKeyTypes{
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
};

bool is_key_type(std::string_view word) {
  return std::find(kKeyTypes.begin(), kKeyTypes.end(), word) != kKeyTypes.end();
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? x + 32 : x) == (y >= 'A' && y <= 'Z' ? y + 32 : y);
  });
}

/// Options about forwarding: nothing is forwarded, so each of them holds already.
constexpr std::array<std::string_view, 8> kForwardingOptions{
    "agent-forwarding", "no-agent-forwarding", "port-forwarding", "no-port-forwarding",
    "x11-forwarding",   "no-x11-forwarding",   "user-rc",         "no-user-rc",
};

/// Applies the option `word` to `key`; false when it is not understood.
bool apply_option(std::string_view word, AuthorizedKey& key) {
  const auto is = [word](std::string_view name) { return equals_ignoring_case(word, name); };
  if (is("restrict") || is("no-pty")) {
    key.terminal_permitted = false;
    return true;
  }
  if (is("pty")) {
    key.terminal_permitted = true;
    return true;
  }
  return std::any_of(kForwardingOptions.begin(), kForwardingOptions.end(), is);
}

std::optional<std::string> apply_options(std::string_view options, AuthorizedKey& key) {
  while (!options.empty()) {
    const std::size_t comma = options.find_first_of(",\"");
    const std::string_view word = options.substr(0, comma);
    const bool has_value = comma != std::string_view::npos && options[comma] == '"';
    if (has_value || !apply_option(word, key)) {
      return fmt::format("the option {} is not understood", word.substr(0, word.find('=')));
    }
    if (comma == std::string_view::npos) break;
    options.remove_prefix(comma + 1);
    if (options.empty()) return "an option is missing after the last comma";
  }
  return std::nullopt;
}

Result<AuthorizedKey> parse_line(std::string_view line) {
  if (line.size() > limits::kMaxAuthorizedKeysLineBytes) {
    return common::error("longer than {} bytes", limits::kMaxAuthorizedKeysLineBytes);
  }
  AuthorizedKey key;
  std::string_view rest = line;
  std::string_view word = take_field(rest);
  if (!is_key_type(word)) {
    const std::string_view options = word;
    word = take_field(rest);
    if (!is_key_type(word)) return common::error("no key type that is allowed");
    if (auto reason = apply_options(options, key)) return common::error("{}", *reason);
  }
  const std::string_view base64 = take_field(rest);
  auto blob = common::decode_base64(base64);
  if (!blob) return common::error("the key is not base64");
  auto public_key = PublicKey::parse(*blob);
  if (!public_key) return public_key.error();
  if (public_key->type_name() != word) return common::error("the key is not of type {}", word);
  key.blob = std::move(*blob);
  key.comment = rest;
  return key;
}

}  // namespace

std::vector<RejectedLine> AuthorizedKeys::add(std::string_view text, std::string_view source_name) {
  std::vector<RejectedLine> rejected;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    ++number;
    if (line.empty() || line[0] == '#') continue;
    const std::string source = fmt::format("{} line {}", source_name, number);
    if (keys_.size() >= limits::kMaxAuthorizedKeys) {
      rejected.push_back({source, "too many keys"});
      break;
    }
    auto key = parse_line(line);
    if (!key) {
      rejected.push_back({source, key.error().message});
      continue;
    }
    key->source = source;
    std::string blob = key->blob;
    keys_.try_emplace(std::move(blob), std::make_unique<const AuthorizedKey>(std::move(*key)));
  }
  return rejected;
}

const AuthorizedKey* AuthorizedKeys::find(std::string_view blob) const {
  const auto found = keys_.find(std::string(blob));
  return found == keys_.end() ? nullptr : found->second.get();
}

}  // namespace zomg::monitor
