#include "sessiond/kubectl/errand.h"

#include <unistd.h>

#include <algorithm>
#include <array>

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
  auto complaints = common::make_pipe();
  if (!complaints) return complaints.error();
  if (auto set = common::set_nonblocking(complaints->first.get(), true); !set) return set.error();
  auto child = start_kubectl(kubectl, errand_arguments(box, id, what),
                             {input->first.get(), null, complaints->second.get()});
  if (!child) return child.error();
  Errand errand(std::move(*child), std::move(input->second), std::move(complaints->first));
  if (what == "END") errand.deadline_ = Clock::now() + limits::kHangupGrace;
  return errand;
}

void Errand::go_on() {
  input_.reset();
  deadline_.reset();
}

bool Errand::finish() {
  const auto status = child_.wait();
  if (status && status->signal == 0 && status->exit_code == 0) return true;
  std::array<char, 4096> bytes{};
  const ssize_t got = ::read(complaints_.get(), bytes.data(), bytes.size());
  return got > 0 && is_gone({bytes.data(), static_cast<std::size_t>(got)});
}

bool is_gone(std::string_view complaint) {
  constexpr std::array kWords{"(NotFound): pods ", "container not found (", "completed pod"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](const char* words) { return complaint.find(words) != complaint.npos; });
}

}  // namespace zomg::kubectl
