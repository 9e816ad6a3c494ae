#include "sessiond/kubectl/remote_signal.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/limits.h"
#include "common/base/log.h"

namespace zomg::kubectl {
namespace {

/// What a shell at a terminal gets to pass a hangup on to its jobs.
constexpr std::chrono::seconds kShellGrace{1};

}  // namespace

common::Result<RemoteSignal> RemoteSignal::start(int kubectl, const messages::BoxClaim& box,
                                                 const SessionInBox& session,
                                                 const std::string& what, int null) {
  auto input = common::make_pipe();
  if (!input) return input.error();
  // Less than a pipe holds.
  const std::string script = remote_signal_input();
  if (::write(input->second.get(), script.data(), script.size()) != std::ssize(script)) {
    return common::errno_error("write the remote_signal");
  }
  auto complaints = common::make_pipe();
  if (!complaints) return complaints.error();
  if (auto set = common::set_nonblocking(complaints->first.get(), true); !set) return set.error();
  auto child = start_kubectl(kubectl, remote_signal_arguments(box, session, what),
                             {input->first.get(), null, complaints->second.get()});
  if (!child) return child.error();
  RemoteSignal remote_signal(std::move(*child), what, std::move(input->second),
                             std::move(complaints->first));
  if (what == kEnd) {
    remote_signal.deadline_ = Clock::now() + kShellGrace;
    remote_signal.last_deadline_ = Clock::now() + limits::kHangupGrace;
  }
  return remote_signal;
}

void RemoteSignal::go_on() {
  deadline_ = std::exchange(last_deadline_, std::nullopt);
  if (!deadline_) return input_.reset();
  // A kubectl that does not read has the other end open all the same, and room for a byte.
  [[maybe_unused]] const ssize_t written = ::write(input_.get(), "\n", 1);
}

bool RemoteSignal::finish() {
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
