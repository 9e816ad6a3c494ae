#include "common/proc/lines.h"

#include <unistd.h>

#include <string>

namespace zomg::common {
namespace {

/// A line of mountinfo has two paths of 4 KiB, each byte of which may be four in it, and a page or a
/// few of options.
constexpr std::size_t kMaxLineBytes = 64 * 1024;
/// 100,000 mounts, all that a mount namespace can have by default (fs.mount-max), of 10 KiB each.
constexpr std::size_t kMaxBytes = 1024 * 1024 * 1024;
constexpr std::size_t kChunkBytes = 64 * 1024;

}  // namespace

Result<void> for_each_line(int fd, const std::function<bool(std::string_view)>& visit) {
  std::string left;
  bool too_long = false;  // the line that `left` has the end of
  for (std::size_t total = 0; total < kMaxBytes;) {
    const std::size_t kept = left.size();
    left.resize(kept + kChunkBytes);
    const ssize_t got = ::read(fd, left.data() + kept, kChunkBytes);
    if (got < 0) return errno_error("read lines");
    left.resize(kept + static_cast<std::size_t>(got));
    total += static_cast<std::size_t>(got);
    if (got == 0) {
      if (!left.empty() && !too_long) (void)visit(left);
      return {};
    }
    std::size_t begin = 0;
    for (std::size_t end = left.find('\n', kept); end != std::string::npos;
         end = left.find('\n', begin)) {
      const std::string_view line = std::string_view(left).substr(begin, end - begin);
      if (!too_long && line.size() <= kMaxLineBytes && !visit(line)) return {};
      too_long = false;
      begin = end + 1;
    }
    left.erase(0, begin);
    if (left.size() > kMaxLineBytes) {
      too_long = true;
      left.clear();
    }
  }
  return error("too many lines");
}

}  // namespace zomg::common
