#include "sessiond/oom_score.h"

#include <fcntl.h>
#include <unistd.h>

namespace zomg::sessiond {

using common::errno_error;
using common::Result;

Result<void> take_on_oom_score(const BoxProcess& box) {
  const auto score = box.read("oom_score_adj");
  if (!score) return score.error();
  const common::Fd file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (!file) return errno_error("/proc/self/oom_score_adj");
  if (::write(file.get(), score->data(), score->size()) == static_cast<ssize_t>(score->size())) {
    return {};
  }
  if (errno == EACCES) return {};
  return errno_error("/proc/self/oom_score_adj");
}

}  // namespace zomg::sessiond
