#include "monitor/helpers/lookup/sealed_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include "common/base/seal.h"

namespace zomg::lookup {
namespace {

common::Result<void> write_all(int fd, std::string_view bytes) {
  off_t offset = 0;
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return common::errno_error("pwrite");
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += written;
  }
  return {};
}

}  // namespace

common::Result<common::Fd> make_sealed_file(const char* name, std::string_view bytes) {
  common::Fd fd(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return common::errno_error("memfd_create");
  if (auto written = write_all(fd.get(), bytes); !written) {
    return written.error().with_context(name);
  }
  if (auto sealed = common::seal(fd.get()); !sealed) return sealed.error().with_context(name);
  return fd;
}

}  // namespace zomg::lookup
