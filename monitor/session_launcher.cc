#include "monitor/session_launcher.h"

#include <signal.h>
#include <unistd.h>

#include "common/log.h"

namespace zomg::monitor {

using common::Result;

SessionLauncher::SessionLauncher(EventLoop& loop, const Program& sessiond, int null_fd,
                                 Options options)
    : loop_(loop), sessiond_(sessiond), null_fd_(null_fd), options_(std::move(options)) {}

Result<PreparedSession> SessionLauncher::prepare(const LookedUpBox& box, int pidfd,
                                                 std::shared_ptr<std::size_t> live) {
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  if (auto set = common::set_nonblocking(ends->first.get(), true); !set) return set.error();
  PreparedSession session{++last_id_, ipc::Channel(std::move(ends->first))};
  const messages::SessionTarget target{box.claim, std::string_view(options_.chroot_directory),
                                       options_.user, options_.account.uid, options_.account.gid};
  auto sent = box.claim.filtered ? session.channel.send(target, {pidfd, box.seccomp_filter.get()})
                                 : session.channel.send(target, {pidfd});
  if (!sent) return sent.error();
  auto child = common::spawn(sessiond_.executable.get(), sessiond_.name.c_str(),
                             {null_fd_, null_fd_, STDERR_FILENO, ends->second.get()});
  if (!child) return child.error().with_context(sessiond_.name);
  loop_.watch(child->pidfd(), [this, id = session.id] { on_end(id); });
  ++*live;
  running_.emplace(session.id, Running{std::move(*child), std::move(live)});
  return session;
}

void SessionLauncher::terminate(const std::shared_ptr<std::size_t>& live) {
  for (const auto& [id, running] : running_) {
    if (running.live == live) running.child.kill(SIGTERM);
  }
}

void SessionLauncher::terminate_all() {
  for (const auto& [id, running] : running_) running.child.kill(SIGTERM);
}

void SessionLauncher::on_end(std::uint32_t id) {
  auto node = running_.extract(id);
  CHECK(!node.empty());
  Running& ended = node.mapped();
  loop_.forget(ended.child.pidfd());
  --*ended.live;
  const auto status = ended.child.wait();
  if (status && status->signal == 0 && status->exit_code == 0) {
    log::debug("session {} ended", id);
  } else {
    log::error("session {}: sessiond ended with {}", id,
               status ? status->describe() : status.error().message);
  }
}

}  // namespace zomg::monitor
