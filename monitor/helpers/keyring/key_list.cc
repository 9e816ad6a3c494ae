#include "monitor/helpers/keyring/key_list.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/ssh/base64.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::keyring {
namespace {

using common::Result;

/// The text up to the next space, which is taken off `rest` with the space.
std::string_view take_word(std::string_view& rest) {
  const std::size_t space = rest.find(' ');
  const std::string_view word = rest.substr(0, space);
  rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
  return word;
}

bool has_control_character(std::string_view line) {
  return std::any_of(line.begin(), line.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// Every key type is its name and at least one more string or mpint, which look alike (RFC 4253
/// §6.6, RFC 5656 §3.1, RFC 8709 §4): a blob that was cut off is found out without knowing more.
bool is_whole(std::string_view blob, std::string_view type) {
  common::WireReader reader(blob);
  std::string_view part;
  if (type.empty() || !reader.string(part) || part != type || reader.at_end()) return false;
  while (!reader.at_end()) {
    if (!reader.string(part)) return false;
  }
  return true;
}

Result<std::string> parse_line(std::string_view line) {
  if (line.size() > limits::kMaxGithubLineBytes) {
    return common::error("longer than {} bytes", limits::kMaxGithubLineBytes);
  }
  if (has_control_character(line)) return common::error("a control character");
  const std::string_view type = take_word(line);
  auto blob = common::decode_base64(take_word(line));
  if (!blob) return common::error("not `type base64 [comment]`");
  if (!is_whole(*blob, type)) return common::error("the key is not a whole one of its type");
  return std::move(*blob);
}

}  // namespace

Result<messages::KeyBlobs> parse_key_list(std::string_view body) {
  messages::KeyBlobs keys;
  if (body.size() > limits::kMaxGithubBodyBytes) {
    return common::error("more than {} bytes", limits::kMaxGithubBodyBytes);
  }
  for (std::size_t number = 1; !body.empty(); ++number) {
    const std::size_t end = body.find('\n');
    std::string_view line = body.substr(0, end);
    body = end == std::string_view::npos ? std::string_view() : body.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    auto blob = parse_line(line);
    if (!blob) return blob.error().with_context(fmt::format("line {}", number));
    if (keys.value.size() >= limits::kMaxGithubKeysPerUser) {
      return common::error("more than {} keys", limits::kMaxGithubKeysPerUser);
    }
    keys.value.emplace_back(std::string_view(*blob));
  }
  return keys;
}

}  // namespace zomg::keyring
