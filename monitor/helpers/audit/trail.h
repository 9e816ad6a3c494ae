#pragma once

#include "common/ipc/channel.h"
#include "monitor/helpers/audit/output.h"

namespace zomg::audit {

/// Turns what the monitor sends into lines.
class Trail {
 public:
  /// Handles one packet: an event, or a new output. An Error when the monitor breaks the contract.
  common::Result<void> handle(ipc::Packet packet);

 private:
  common::Result<void> change_output(ipc::Packet packet);

  Output output_;
};

}  // namespace zomg::audit
