#pragma once

#include <string>

#include "common/base/failure.h"
#include "common/messages/event.h"
#include "common/messages/resolver.h"

/// Which way a session goes, by what the lookups say: pure functions.
namespace zomg::monitor {

/// What one lookup said.
struct LookupAnswer {
  common::Failure failure = common::Failure::kNone;
  messages::BoxClaim claim;
};

enum class BoxPath { kNone, kNode, kCluster };

/// A way, with the reason for the log and for who counts; or none, with the reason for the user.
struct BoxPathChoice {
  BoxPath way = BoxPath::kNone;
  common::Failure failure = common::Failure::kNone;
  std::string reason;
  messages::FallbackReason fallback = messages::FallbackReason::kNone;
};

/// Null: was not asked, or has not answered in time. One at least is not null.
BoxPathChoice choose_box_path(const LookupAnswer* node, const LookupAnswer* cluster);

/// Whether the lookup had something to say about the box, rather than a failure of its own.
bool is_about_box(common::Failure failure);

}  // namespace zomg::monitor
