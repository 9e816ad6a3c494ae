#include "monitor/files/file_requests.h"

#include <signal.h>

#include "common/base/log.h"
#include "monitor/base/started_program.h"

namespace zomg::monitor {
namespace {

using common::Result;

/// A disk that works answers in much less.
constexpr std::chrono::seconds kDiskPatience{10};

}  // namespace

FileRequests::~FileRequests() {
  for (auto& [id, running] : running_) {
    loop_.cancel(running.deadline);
    if (running.channel) loop_.forget(running.channel.fd());
    loop_.forget(running.child.pidfd());
  }
}

void FileRequests::run(const messages::FileOrder& order, OnAnswer on_answer, int filler) {
  auto started = start(order, filler < 0 ? null_fd_ : filler);
  if (!started) return on_answer(started.error());
  running_.at(*started).on_answer = std::move(on_answer);
}

Result<std::uint64_t> FileRequests::start(const messages::FileOrder& order, int filler) {
  auto program = start_program(program_, filler, null_fd_);
  if (!program) return program.error();
  const std::uint64_t id = ++last_;
  Running& running = running_[id];
  running.child = std::move(program->child);
  running.channel = std::move(program->channel);
  running.reader.emplace(order);
  loop_.watch(running.child.pidfd(), [this, id] { on_end(id); });
  loop_.watch(running.channel.fd(), [this, id] { on_packet(id); });
  running.deadline = loop_.after(kDiskPatience, [this, id, path = order.path.value] {
    answer(id, common::error("{}: no answer in {} s from the disk that it is on", path,
                             kDiskPatience.count()));
  });
  // A new channel has room.
  (void)running.channel.send(order).has_value();
  return id;
}

bool FileRequests::on_packet(std::uint64_t id) {
  Running& running = running_.at(id);
  auto packet = running.channel.receive();
  if (!packet && packet.error().errno_value == EAGAIN) return false;
  if (!packet || packet->closed()) {
    answer(id, packet ? common::error("{} has failed", program_.name) : packet.error());
    return true;
  }
  const auto whole = running.reader->take(*packet);
  if (!whole) {
    answer(id, whole.error().with_context(program_.name));
  } else if (*whole) {
    answer(id, running.reader->answer());
  }
  return true;
}

void FileRequests::answer(std::uint64_t id, Result<FileAnswer> told) {
  Running& running = running_.at(id);
  loop_.cancel(running.deadline);
  loop_.forget(running.channel.fd());
  running.channel.close();
  running.child.kill(SIGKILL);  // one that waits for a disk may end only when that answers
  const OnAnswer on_answer = std::move(running.on_answer);
  on_answer(std::move(told));
}

void FileRequests::on_end(std::uint64_t id) {
  // What it said last may be there still; its end of the channel is closed in any case.
  while (running_.at(id).channel && on_packet(id)) {
  }
  const auto found = running_.find(id);
  loop_.forget(found->second.child.pidfd());
  (void)found->second.child.wait().has_value();
  running_.erase(found);
}

}  // namespace zomg::monitor
