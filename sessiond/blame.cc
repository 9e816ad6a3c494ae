#include "sessiond/blame.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace zomg::sessiond {
namespace {

using common::Failure;

/// What no box has a say in: a privilege, a call or a kind of file that this gateway has not. Also
/// no errno at all, where we judged.
constexpr std::array kGatewaysOwn{0, EPERM, EACCES, ENOSYS, EOPNOTSUPP, EROFS};

}  // namespace

Failure blame(Failure failure, const common::Error& error) {
  if (failure != Failure::kEnterFailed && failure != Failure::kNotConfined) return failure;
  const bool ours =
      std::find(kGatewaysOwn.begin(), kGatewaysOwn.end(), error.errno_value) != kGatewaysOwn.end();
  return ours ? failure : Failure::kBoxHindered;
}

}  // namespace zomg::sessiond
