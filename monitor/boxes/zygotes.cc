#include "monitor/boxes/zygotes.h"

#include <signal.h>
#include <sys/socket.h>

#include <utility>

#include "common/base/log.h"
#include "common/base/reaping.h"
#include "monitor/base/started_program.h"

namespace zomg::monitor {

using common::Child;
using common::Result;

namespace {

/// The child that a zygote named; none where there is none of that pid.
Child take_child(std::int32_t pid) {
  if (pid <= 0) return {};
  auto child = common::adopt(pid);
  if (!child) log::error("a session's process: {}", child.error().message);
  return child ? std::move(*child) : Child();
}

}  // namespace

Result<Zygotes::Id> Zygotes::start(const messages::SessionTarget& target, int pidfd, int filter) {
  auto program = start_program(programs_.sessiond, null_fd_, null_fd_);
  if (!program) return program.error();
  const Id id = ++last_id_;
  loop_.watch(program->child.pidfd(), [this, id] { on_end(id); });
  Zygote& zygote =
      zygotes_.emplace(id, Zygote{std::move(program->child), std::move(program->channel), {}})
          .first->second;
  loop_.watch(zygote.channel.fd(), [this, id] { on_message(id); });
  auto sent = target.box.filtered ? zygote.channel.send(target, {pidfd, filter})
                                  : zygote.channel.send(target, {pidfd});
  if (!sent) {
    let_go(id);
    return sent.error();
  }
  return id;
}

Result<ipc::Channel> Zygotes::fork(Id id, OnForked on_forked) {
  if (!has(id)) return common::error("what sessions are forked from has ended");
  Zygote& zygote = zygotes_.at(id);
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  if (auto set = common::set_nonblocking(ends->first.get(), true); !set) return set.error();
  if (auto sent = zygote.channel.send(messages::ForkSession{}, {ends->second.get()}); !sent) {
    return sent.error();
  }
  zygote.asked.push_back(std::move(on_forked));
  return ipc::Channel(std::move(ends->first));
}

void Zygotes::let_go(Id id) {
  const auto found = zygotes_.find(id);
  if (found == zygotes_.end() || std::exchange(found->second.let_go, true)) return;
  // It reads to the end what it was asked for, and its answers are heard.
  ::shutdown(found->second.channel.fd(), SHUT_WR);
}

void Zygotes::abandon() {
  for (auto& [id, zygote] : zygotes_) {
    close(zygote);
    loop_.forget(zygote.child.pidfd());
  }
  zygotes_.clear();
}

bool Zygotes::on_message(Id id) {
  Zygote& zygote = zygotes_.at(id);
  auto packet = zygote.channel.receive();
  if (!packet && packet.error().errno_value == EAGAIN) return false;
  const auto forked = packet && !packet->closed() ? ipc::decode<messages::SessionForked>(*packet)
                                                  : common::error("closed");
  if (forked && !zygote.asked.empty()) {
    const OnForked on_forked = std::move(zygote.asked.front());
    zygote.asked.pop_front();
    on_forked(take_child(forked->pid));
    return true;
  }
  // It ends, or broke the contract.
  close(zygote);
  if (packet && packet->closed()) return false;
  log::error("what the sessions of a connection are forked from broke the contract");
  zygote.child.kill(SIGKILL);
  return false;
}

void Zygotes::close(Zygote& zygote) {
  zygote.let_go = true;
  if (!zygote.channel) return;
  loop_.forget(zygote.channel.fd());
  zygote.channel.close();
}

void Zygotes::on_end(Id id) {
  // Its last answers first.
  while (zygotes_.at(id).channel && on_message(id)) continue;
  auto node = zygotes_.extract(id);
  Zygote& ended = node.mapped();
  close(ended);
  loop_.forget(ended.child.pidfd());
  const auto status = ended.child.wait();
  if (!status || status->signal != 0 || status->exit_code != 0) {
    log::error("what the sessions of a connection are forked from ended with {}",
               status ? status->describe() : status.error().message);
  }
  for (const OnForked& on_forked : ended.asked) on_forked({});
}

}  // namespace zomg::monitor
