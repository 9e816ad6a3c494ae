#include "monitor/boxes/session_launcher.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <utility>

#include "common/base/limits.h"
#include "common/base/log.h"
#include "monitor/base/started_program.h"

namespace zomg::monitor {
using common::Result;

SessionLauncher::SessionLauncher(EventLoop& loop, const Programs& programs, int null_fd,
                                 Options options)
    : loop_(loop),
      programs_(programs),
      null_fd_(null_fd),
      options_(std::move(options)),
      zygotes_(loop, programs, null_fd),
      spares_(loop, options_.capacity.spares, limits::kSpareSessionTime),
      places_(options_.capacity) {}

Result<ipc::Channel> SessionLauncher::start(const Program& program, std::uint32_t id,
                                            std::shared_ptr<std::size_t> live) {
  auto started = start_program(program, null_fd_, null_fd_);
  if (!started) return started.error();
  loop_.watch(started->child.pidfd(), [this, id] { on_end(id); });
  ++*live;
  running_.emplace(id, Running{std::move(started->child), std::move(live), {}, {}, {}, {}});
  return std::move(started->channel);
}

Result<Zygotes::Id> SessionLauncher::start_zygote(const LookedUpBox& box, int pidfd) {
  const messages::SessionTarget target{box.claim, std::string_view(options_.chroot_directory),
                                       options_.user, options_.account.uid, options_.account.gid};
  return zygotes_.start(target, pidfd, box.seccomp_filter.get());
}

Result<PreparedSession> SessionLauncher::prepare(Zygotes::Id zygote,
                                                 std::shared_ptr<std::size_t> live) {
  const std::uint32_t id = ++last_id_;
  auto channel =
      zygotes_.fork(zygote, [this, id](common::Child child) { on_forked(id, std::move(child)); });
  if (!channel) return channel.error();
  ++*live;
  running_.emplace(id, Running{{}, std::move(live), {}, {}, {}, {}});
  return PreparedSession{id, std::move(*channel)};
}

void SessionLauncher::on_forked(std::uint32_t id, common::Child child) {
  Running& running = running_.at(id);
  running.child = std::move(child);
  if (!running.child) {
    const OnAnswer on_answer = std::exchange(running.on_answer, {});
    on_end(id);
    if (on_answer) on_answer(Answer::kNotForked, common::Failure::kGatewayFailed);
    return;
  }
  loop_.watch(running.child.pidfd(), [this, id] { on_end(id); });
  if (running.to_end) terminate(running);
  const std::unique_ptr<Order> order = std::move(running.order);
  if (!order) return;
  listen(id);
  // One that has ended already is heard of by its pidfd.
  (void)running.channel.send(order->plan, {order->control.get(), order->file.get()}).has_value();
}

Result<std::unique_ptr<SessionLauncher::Order>> SessionLauncher::make_order(
    const messages::SessionPlan& plan, int control, int file) {
  auto order = std::make_unique<Order>(plan);
  order->control = common::Fd(::fcntl(control, F_DUPFD_CLOEXEC, 0));
  order->file = common::Fd(::fcntl(file, F_DUPFD_CLOEXEC, 0));
  if (!order->control || !order->file) return common::errno_error("F_DUPFD_CLOEXEC");
  return order;
}

Result<PreparedSession> SessionLauncher::prepare_by_kubectl(const LookedUpBox& box,
                                                            std::shared_ptr<std::size_t> live) {
  if (options_.kubectl < 0) return common::error("there is no kubectl");
  const std::uint32_t id = ++last_id_;
  auto channel = start(programs_.kubectl_session, id, std::move(live));
  if (!channel) return channel.error();
  const messages::PodTarget target{box.claim, std::string_view(options_.chroot_directory),
                                   options_.user, options_.kubectl_account.uid,
                                   options_.kubectl_account.gid};
  if (auto sent = channel->send(target, {options_.kubectl}); !sent) return sent.error();
  return PreparedSession{id, std::move(*channel)};
}

Result<void> SessionLauncher::launch(PreparedSession session, const messages::SessionPlan& plan,
                                     int control, int file, std::shared_ptr<SessionRecord> record,
                                     SessionPlaces::Held place, OnAnswer on_answer) {
  const auto found = running_.find(session.id);
  if (found == running_.end()) return common::error("its process has ended");
  Running& running = found->second;
  const bool forked{running.child};
  if (forked) {
    if (auto sent = session.channel.send(plan, {control, file}); !sent) return sent;
  } else {
    auto order = make_order(plan, control, file);
    if (!order) return order.error();
    running.order = std::move(*order);
  }
  running.channel = std::move(session.channel);
  running.record = std::move(record);
  running.launched = true;
  ++launched_;
  running.place = std::move(place);
  running.on_answer = std::move(on_answer);
  // The end of the channel of one that is not forked says nothing: on_forked() does.
  if (forked) listen(session.id);
  return {};
}

void SessionLauncher::listen(std::uint32_t id) {
  loop_.watch(running_.at(id).channel.fd(), [this, id] { on_message(id); });
}

void SessionLauncher::on_message(std::uint32_t id) {
  Running& running = running_.at(id);
  auto packet = running.channel.receive();
  if (!packet && packet.error().errno_value == EAGAIN) return;
  // Lets go of the control socket, too, once it was called.
  const OnAnswer on_answer = std::exchange(running.on_answer, {});
  const auto answer = [&on_answer](Answer what, common::Failure why = common::Failure::kNone) {
    if (on_answer) on_answer(what, why);
  };
  if (packet && !running.entered && ipc::decode<messages::SessionEntered>(*packet)) {
    running.entered = true;
    return answer(Answer::kEntered);
  }
  forget_channel(running);
  const auto message =
      packet ? ipc::decode<messages::SessionNotEntered>(*packet) : common::error("no packet");
  if (message && message->failure != common::Failure::kNone && on_answer) {
    return answer(Answer::kNotEntered, message->failure);
  }
  const std::shared_ptr<SessionRecord> record = running.record;
  answer(Answer::kFailed);
  if (!packet || packet->closed()) return;
  // A claim of a process that was in touch with the box: it is written down, and no more.
  if (record->set_ending(packet->bytes)) return;
  log::error("session {}: its process broke the contract", id);
}

void SessionLauncher::forget_channel(Running& running) {
  if (!running.channel) return;
  loop_.forget(running.channel.fd());
  running.channel.close();
  running.on_answer = {};
}

void SessionLauncher::terminate(Running& running) {
  running.to_end = true;
  running.child.kill(SIGTERM);
}

void SessionLauncher::terminate(const std::shared_ptr<std::size_t>& live) {
  for (auto& [id, running] : running_) {
    if (running.live == live) terminate(running);
  }
}

void SessionLauncher::terminate_all() {
  places_.close();
  for (auto& [id, running] : running_) terminate(running);
}

void SessionLauncher::abandon() {
  for (auto& [id, running] : running_) {
    running.on_answer = {};
    read_last_words(id);
    forget_channel(running);
    if (running.child) loop_.forget(running.child.pidfd());
    if (!running.record) continue;
    // The plan of one that is not forked goes with us.
    if (running.child) {
      running.record->let_go();
    } else {
      running.record->refuse(common::Failure::kGatewayStopping);
    }
  }
  running_.clear();
  zygotes_.abandon();
}

/// What it said last may be there still, and before it that the box was entered.
void SessionLauncher::read_last_words(std::uint32_t id) {
  for (int packets = 0; packets < 2 && running_.at(id).channel; ++packets) on_message(id);
}

void SessionLauncher::on_end(std::uint32_t id) {
  read_last_words(id);
  auto node = running_.extract(id);
  CHECK(!node.empty());
  Running& ended = node.mapped();
  forget_channel(ended);
  --*ended.live;
  if (ended.launched) --launched_;
  if (!ended.child) return log::error("session {}: there is no process for it", id);
  loop_.forget(ended.child.pidfd());
  const auto status = ended.child.wait();
  if (status && ended.record) ended.record->set_process_end(*status);
  if (status && status->signal == 0 && status->exit_code == 0) {
    log::debug("session {} ended", id);
  } else {
    log::error("session {}: its process ended with {}", id,
               status ? status->describe() : status.error().message);
  }
}

}  // namespace zomg::monitor
