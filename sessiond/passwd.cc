#include "sessiond/passwd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "common/fd.h"
#include "common/limits.h"

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

}  // namespace

PasswdEntry find_passwd_entry(std::string_view text, unsigned uid) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    std::array<std::string_view, kFields> fields;
    if (line.find('\0') != std::string_view::npos || !split_entry(line, fields)) continue;
    unsigned number = 0;
    const char* number_end = fields[2].data() + fields[2].size();
    const auto [parsed, status] = std::from_chars(fields[2].data(), number_end, number);
    if (status != std::errc() || parsed != number_end || number != uid) continue;
    PasswdEntry entry{std::string(fields[0]), std::string(fields[5]), std::string(fields[6])};
    if (entry.home.empty()) entry.home = "/";
    return entry;
  }
  return {};
}

PasswdEntry read_passwd_entry(unsigned uid) {
  // O_NONBLOCK: a box may have put a fifo there.
  const common::Fd file(::open("/etc/passwd", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  std::string text(limits::kMaxPasswdBytes, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return find_passwd_entry(text, uid);
}

}  // namespace zomg::sessiond
