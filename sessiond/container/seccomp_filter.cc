#include "sessiond/container/seccomp_filter.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/limits.h"

namespace zomg::sessiond {

using common::errno_error;
using common::Result;

Result<SeccompFilter> SeccompFilter::read(int memfd, std::uint32_t flags) {
  constexpr std::uint32_t kFlags =
      SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  constexpr int kSeals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
  if ((flags & ~kFlags) != 0) return common::error("seccomp filter: flags {:#x}", flags);
  // Only a memfd has seals.
  const int seals = ::fcntl(memfd, F_GET_SEALS);
  if (seals < 0 || (seals & kSeals) != kSeals) return common::error("seccomp filter: not sealed");
  struct stat status {};
  if (::fstat(memfd, &status) != 0) return errno_error("seccomp filter");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0 || size > limits::kMaxSeccompFilterBytes || size % sizeof(sock_filter) != 0) {
    return common::error("seccomp filter: {} bytes", size);
  }
  std::vector<sock_filter> program(size / sizeof(sock_filter));
  if (::pread(memfd, program.data(), size, 0) != static_cast<ssize_t>(size)) {
    return errno_error("seccomp filter");
  }
  return SeccompFilter(std::move(program), flags);
}

bool SeccompFilter::load() const {
  const sock_fprog program{static_cast<unsigned short>(program_.size()),
                           const_cast<sock_filter*>(program_.data())};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags_, &program) == 0;
}

}  // namespace zomg::sessiond
