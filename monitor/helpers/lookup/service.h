#pragma once

#include <functional>
#include <mutex>

#include "common/ipc/channel.h"
#include "common/messages/resolver.h"
#include "monitor/helpers/lookup/box_name.h"
#include "monitor/helpers/lookup/found_box.h"

namespace zomg::lookup {

/// Answers the monitor's LookUpBox requests, kResolverThreads at a time, in any order.
class Service {
 public:
  /// Finds a box, and in it the container of that name, or, without a name, the one that the rules
  /// choose. Called by many threads at once.
  using Lookup = std::function<FoundBox(const BoxName& box, const std::string& container)>;
  /// Whether only a new process could do better; asked after a lookup has failed.
  using Outdated = std::function<bool()>;

  Service(ipc::Channel channel, Lookup lookup, Outdated outdated)
      : channel_(std::move(channel)), lookup_(std::move(lookup)), outdated_(std::move(outdated)) {}

  /// Ends the process: with 0 when the monitor has closed the channel, with 1 and a log line when
  /// it broke the contract, or when a lookup has failed and this process is outdated.
  [[noreturn]] void run();

 private:
  [[noreturn]] void serve();
  messages::LookUpBox next_request();
  void reply(std::uint64_t request_id, FoundBox found);

  ipc::Channel channel_;
  Lookup lookup_;
  Outdated outdated_;
  /// Channel::receive() takes two system calls for one packet.
  std::mutex receiving_;
};

/// Ends the process at once: other threads may be in the middle of a lookup, so neither their
/// stacks nor static objects are torn down.
[[noreturn]] void end_process(int exit_code);

}  // namespace zomg::lookup
