#include "sessiond/box/passwd.h"

#include <array>
#include <charconv>

#include "common/base/limits.h"
#include "sessiond/box/box_file.h"

namespace zomg::sessiond {
namespace {

/// name:password:uid:gid:gecos:directory:shell
constexpr std::size_t kFields = 7;

bool split_entry(std::string_view line, std::array<std::string_view, kFields>& fields) {
  for (std::size_t i = 0; i < kFields; ++i) {
    const std::size_t colon = line.find(':');
    if ((colon == std::string_view::npos) != (i == kFields - 1)) return false;
    fields[i] = line.substr(0, colon);
    line.remove_prefix(colon == std::string_view::npos ? line.size() : colon + 1);
  }
  return true;
}

bool parse_number(std::string_view text, unsigned& number) {
  const char* end = text.data() + text.size();
  const auto [parsed, status] = std::from_chars(text.data(), end, number);
  return status == std::errc() && parsed == end;
}

std::optional<PasswdEntry> parse_entry(std::string_view line) {
  std::array<std::string_view, kFields> fields;
  PasswdEntry entry;
  if (line.find('\0') != std::string_view::npos || !split_entry(line, fields) ||
      !parse_number(fields[2], entry.uid) || !parse_number(fields[3], entry.gid)) {
    return std::nullopt;
  }
  entry.name = fields[0];
  entry.home = fields[5].empty() ? "/" : fields[5];
  entry.shell = fields[6];
  return entry;
}

template <typename Matches>
std::optional<PasswdEntry> find(std::string_view text, Matches matches) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    auto entry = parse_entry(text.substr(0, end));
    if (entry && matches(*entry)) return entry;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return std::nullopt;
}

}  // namespace

std::optional<PasswdEntry> find_passwd_entry(std::string_view text, unsigned uid) {
  if (uid == 0) {
    auto root =
        find(text, [](const PasswdEntry& entry) { return entry.uid == 0 && entry.name == "root"; });
    if (root) return root;
  }
  return find(text, [uid](const PasswdEntry& entry) { return entry.uid == uid; });
}

std::optional<PasswdEntry> find_passwd_entry(std::string_view text, std::string_view name) {
  return find(text, [name](const PasswdEntry& entry) { return entry.name == name; });
}

std::string read_passwd() {
  return read_box_file("etc/passwd", limits::kMaxPasswdBytes);
}

std::string read_passwd(int root) {
  return read_box_file(root, "etc/passwd", limits::kMaxPasswdBytes);
}

}  // namespace zomg::sessiond
