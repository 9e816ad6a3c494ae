#include "common/program/descriptors.h"

#include <dirent.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "common/base/quoted.h"

namespace zomg::program {
namespace {

using common::errno_error;
using common::Result;

constexpr const char* kOwnDescriptors = "/proc/self/fd";
/// More than the listener leaves to a connection process.
constexpr rlim_t kMostTried = 16384;

/// Of all numbers that a process may have: for one that starts in an empty root, under the limit of
/// who started it, which looked for itself.
Result<std::vector<int>> try_all() {
  rlimit most{};
  if (::getrlimit(RLIMIT_NOFILE, &most) != 0) return errno_error("getrlimit RLIMIT_NOFILE");
  if (most.rlim_cur > kMostTried) {
    return common::error("there is no {} to say which descriptors are open", kOwnDescriptors);
  }
  std::vector<pollfd> all(most.rlim_cur);
  for (std::size_t i = 0; i < all.size(); ++i) all[i].fd = static_cast<int>(i);
  if (::poll(all.data(), all.size(), 0) < 0) return errno_error("poll");
  std::vector<int> open;
  for (const pollfd& one : all) {
    if ((one.revents & POLLNVAL) == 0) open.push_back(one.fd);
  }
  return open;
}

Result<std::vector<int>> open_descriptors() {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(kOwnDescriptors), ::closedir);
  if (!directory && errno == ENOENT) return try_all();
  if (!directory) return errno_error("{}", kOwnDescriptors);
  std::vector<int> open;
  errno = 0;
  while (const dirent* entry = ::readdir(directory.get())) {  // NOLINT(concurrency-mt-unsafe)
    if (entry->d_name[0] == '.') continue;
    const int number = static_cast<int>(std::strtol(entry->d_name, nullptr, 10));
    if (number != ::dirfd(directory.get())) open.push_back(number);
  }
  if (errno != 0) return errno_error("{}", kOwnDescriptors);
  return open;
}

bool is(Kind kind, const struct stat& status) {
  switch (kind) {
    case Kind::kAny:
      return true;
    case Kind::kNull:
      return S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
    case Kind::kSocket:
      return S_ISSOCK(status.st_mode);
    case Kind::kPipe:
      return S_ISFIFO(status.st_mode);
  }
  return false;
}

/// What is open at `number`, as far as /proc can say.
std::string name_of(int number) {
  std::string target(PATH_MAX, '\0');
  const std::string link = fmt::format("{}/{}", kOwnDescriptors, number);
  const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  target.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return size > 0 ? fmt::format("descriptor {} ({})", number, common::quoted(target))
                  : fmt::format("descriptor {}", number);
}

}  // namespace

Result<void> check_descriptors(std::span<const Descriptor> expected) {
  auto open = open_descriptors();
  if (!open) return open.error();
  for (const Descriptor& one : expected) {
    const auto found = std::find(open->begin(), open->end(), one.number);
    if (found == open->end()) {
      return common::error("descriptor {}, {}, is not open", one.number, one.what);
    }
    open->erase(found);
    struct stat status {};
    if (::fstat(one.number, &status) != 0) return errno_error("descriptor {}", one.number);
    if (!is(one.kind, status)) return common::error("{} is not {}", name_of(one.number), one.what);
  }
  if (open->empty()) return {};
  return common::error("{} is open, which this program is not to have", name_of(open->front()));
}

}  // namespace zomg::program
