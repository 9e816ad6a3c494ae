#include "sessiond/container/oom_score.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>

namespace zomg::sessiond {

using common::errno_error;
using common::Result;

Result<int> read_oom_score(const BoxProcess& box) {
  const auto text = box.read("oom_score_adj");
  if (!text) return text.error();
  int score = 0;
  if (std::from_chars(text->data(), text->data() + text->size(), score).ec != std::errc()) {
    return common::error("oom_score_adj is no number");
  }
  return score;
}

Result<void> take_on_oom_score(int score) {
  const common::Fd file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (!file) return errno_error("/proc/self/oom_score_adj");
  const std::string text = std::to_string(score);
  if (::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) return {};
  if (errno == EACCES) return {};
  return errno_error("/proc/self/oom_score_adj");
}

}  // namespace zomg::sessiond
