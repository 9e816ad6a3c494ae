#include "monitor/login/authorized_keys.h"

#include "common/base/limits.h"
#include "common/base/quoted.h"
#include "common/ssh/base64.h"
#include "monitor/keys/public_key.h"

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

bool is_key_type(std::string_view word) {
  return find_key_type(word).has_value();
}

Result<AuthorizedKey> parse_line(std::string_view line) {
  if (line.size() > limits::kMaxAuthorizedKeysLineBytes) {
    return common::error("longer than {} bytes", limits::kMaxAuthorizedKeysLineBytes);
  }
  AuthorizedKey key;
  std::string_view rest = line;
  std::string_view word = take_field(rest);
  if (!is_key_type(word)) {
    auto options = parse_key_options(word);
    word = take_field(rest);
    if (!is_key_type(word)) return common::error("no key type that is allowed");
    if (!options) return options.error();
    key.options = std::move(*options);
  }
  const std::string_view base64 = take_field(rest);
  auto blob = common::decode_base64(base64);
  if (!blob) return common::error("the key is not base64");
  auto public_key = PublicKey::parse(*blob);
  if (!public_key) return public_key.error();
  if (public_key->type_name() != word)
    return common::error("the key is not of type {}", common::quoted(word));
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
    const std::string source = fmt::format("{} line {}", common::quoted(source_name), number);
    auto key = parse_line(line);
    if (!key) {
      rejected.push_back({source, key.error().message});
      continue;
    }
    key->source = source;
    if (!add(std::move(*key))) {
      rejected.push_back({source, "too many keys"});
      break;
    }
  }
  return rejected;
}

bool AuthorizedKeys::add(AuthorizedKey key) {
  if (size_ >= limits::kMaxAuthorizedKeys) return false;
  ++size_;
  std::string blob = key.blob;
  keys_[std::move(blob)].push_back(std::move(key));
  return true;
}

bool AuthorizedKeys::add_all(const AuthorizedKeys& other) {
  for (const auto& [blob, entries] : other.keys_) {
    for (const AuthorizedKey& entry : entries) {
      if (!add(entry)) return false;
    }
  }
  return true;
}

std::span<const AuthorizedKey> AuthorizedKeys::find(std::string_view blob) const {
  const auto found = keys_.find(std::string(blob));
  if (found == keys_.end()) return {};
  return found->second;
}

}  // namespace zomg::monitor
