#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

/// Length-prefixed messages of gRPC over HTTP/2 (grpc/grpc doc/PROTOCOL-HTTP2.md).
namespace zomg::resolver {

/// `message` as the one, uncompressed frame of a unary request.
std::string frame(std::string_view message);

/// The message in the body of a unary answer, a view into `body`. An Error unless the body is
/// exactly one uncompressed frame.
common::Result<std::string_view> unframe(std::string_view body);

}  // namespace zomg::resolver
