#include "monitor/resolver/box_environment.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string_view>

#include "common/limits.h"

namespace zomg::resolver {
namespace {

bool is_variable(std::string_view entry) {
  const std::size_t equals = entry.find('=');
  return equals != std::string_view::npos && equals > 0 &&
         entry.find('\0') == std::string_view::npos;
}

common::Result<void> write_all(int fd, std::string_view bytes) {
  off_t offset = 0;
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return common::errno_error("write the environment");
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += written;
  }
  return {};
}

}  // namespace

common::Result<common::Fd> make_environment(std::span<const std::string> environment) {
  std::string bytes;
  for (const std::string& entry : environment) {
    if (!is_variable(entry)) continue;
    bytes += entry;
    bytes += '\0';
    if (bytes.size() > limits::kMaxContainerEnvironmentBytes) {
      return common::error("the environment is over its bound");
    }
  }
  common::Fd fd(::memfd_create("box-environment", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return common::errno_error("memfd_create");
  if (auto written = write_all(fd.get(), bytes); !written) return written.error();
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) !=
      0) {
    return common::errno_error("seal the environment");
  }
  return fd;
}

}  // namespace zomg::resolver
