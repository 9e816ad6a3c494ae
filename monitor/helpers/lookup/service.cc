#include "monitor/helpers/lookup/service.h"

#include <unistd.h>

#include <thread>

#include "common/base/limits.h"
#include "common/base/log.h"

namespace zomg::lookup {
namespace {

/// The monitor's end is closed: read (ECONNRESET when it left answers unread) or written.
bool is_closed(const common::Error& error) {
  return error.errno_value == ECONNRESET || error.errno_value == EPIPE;
}

[[noreturn]] void end_over(const common::Error& error) {
  if (is_closed(error)) end_process(0);
  if (error.errno_value == ETOOMANYREFS) {
    // Others have used up what our user may have on its way. The next process is of another, and is asked
    // what this one leaves unanswered.
    log::warning("the channel to the monitor: {}", error.message);
    end_process(0);
  }
  log::error("the channel to the monitor: {}", error.message);
  end_process(1);
}

}  // namespace

void end_process(int exit_code) {
  ::_exit(exit_code);
}

void Service::run() {
  for (std::size_t i = 1; i < limits::kResolverThreads; ++i) {
    std::thread([this] { serve(); }).detach();
  }
  serve();
}

void Service::serve() {
  for (;;) {
    const messages::LookUpBox request = next_request();
    FoundBox found = lookup_({request.project.value, request.box.value}, request.container.value);
    const bool failed = found.failure == common::Failure::kLookupFailed;
    reply(request.request_id, std::move(found));
    if (failed && outdated_()) {
      log::warning("the runtime's socket is not where it was; only a new process can reach it");
      end_process(1);
    }
  }
}

messages::LookUpBox Service::next_request() {
  const std::lock_guard lock(receiving_);
  const auto packet = channel_.receive();
  if (!packet) end_over(packet.error());
  if (packet->closed()) end_process(0);
  auto request = ipc::decode<messages::LookUpBox>(*packet);
  if (!request) end_over(request.error());
  return std::move(*request);
}

void Service::reply(std::uint64_t request_id, FoundBox found) {
  const messages::BoxLookedUp answer{
      .request_id = request_id,
      .failure = found.failure,
      .box = std::move(found.claim),
      .containers = std::move(found.containers),
      .server_fails = found.server.fails,
      .server_us = static_cast<std::uint64_t>(found.server.slowest.count())};
  common::Result<void> sent;
  if (found.failure != common::Failure::kNone) {
    sent = channel_.send(answer);
  } else if (answer.box.filtered) {
    sent = channel_.send(answer, {found.file.get(), found.seccomp_filter.get()});
  } else {
    sent = channel_.send(answer, {found.file.get()});
  }
  if (!sent) end_over(sent.error());
}

}  // namespace zomg::lookup
