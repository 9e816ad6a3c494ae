#include "sessiond/kubectl/errand.h"

#include <unistd.h>

#include "common/limits.h"
#include "common/log.h"
#include "sessiond/kubectl/kubectl_process.h"

namespace zomg::kubectl {

common::Result<Errand> Errand::start(int kubectl, const messages::BoxClaim& box,
                                     const std::string& id, const std::string& what, int null) {
  auto input = common::make_pipe();
  if (!input) return input.error();
  // Less than a pipe holds.
  const std::string script = errand_input();
  if (::write(input->second.get(), script.data(), script.size()) != std::ssize(script)) {
    return common::errno_error("write the errand");
  }
  auto child =
      start_kubectl(kubectl, errand_arguments(box, id, what), {input->first.get(), null, null});
  if (!child) return child.error();
  Errand errand(std::move(*child), std::move(input->second));
  if (what == "END") errand.deadline_ = Clock::now() + limits::kHangupGrace;
  return errand;
}

void Errand::go_on() {
  input_.reset();
  deadline_.reset();
}

bool Errand::finish() {
  const auto status = child_.wait();
  return status && status->signal == 0 && status->exit_code == 0;
}

}  // namespace zomg::kubectl
