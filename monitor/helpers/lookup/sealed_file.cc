#include "monitor/helpers/lookup/sealed_file.h"

#include <sys/mman.h>

#include "common/base/io/bytes.h"
#include "common/base/seal.h"

namespace zomg::lookup {

common::Result<common::Fd> make_sealed_file(const char* name, std::string_view bytes) {
  common::Fd fd(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return common::errno_error("memfd_create");
  if (auto written = common::write_all_at_start(fd.get(), bytes); !written) {
    return written.error().with_context(name);
  }
  if (auto sealed = common::seal(fd.get()); !sealed) return sealed.error().with_context(name);
  return fd;
}

}  // namespace zomg::lookup
