#include "monitor/helpers/resolver/cri/grpc_status.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/base/limits.h"
#include "common/base/quoted.h"

namespace zomg::resolver {
namespace {

constexpr std::size_t kNotFound = 5;

/// By number, from grpc/grpc doc/statuscodes.md.
constexpr std::array<std::string_view, 17> kStatusNames{
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

/// The value of `line` when it is the field `name` (HTTP/2 field names are lower case).
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || !line.substr(name.size()).starts_with(':')) return std::nullopt;
  line.remove_prefix(name.size() + 1);
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return line;
}

}  // namespace

bool GrpcStatus::add_line(std::string_view line) {
  line_bytes_ += line.size();
  if (line_bytes_ > limits::kMaxGrpcHeaderBytes) return false;
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
    http_status_ = line.substr(0, line.find(' '));
  } else if (auto type = value_of(line, "content-type")) {
    content_type_ = *type;
  } else if (auto status = value_of(line, "grpc-status")) {
    status_ = *status;
  } else if (auto message = value_of(line, "grpc-message")) {
    message_ = percent_decoded(message->substr(0, limits::kMaxGrpcMessageBytes));
  }
  return true;
}

common::Result<void> GrpcStatus::outcome() const {
  if (http_status_ != "200") return common::error("HTTP status {}", common::quoted(http_status_));
  if (!content_type_.starts_with("application/grpc")) {
    return common::error("an answer of type {}, which is not gRPC", common::quoted(content_type_));
  }
  if (!status_) return common::error("the answer ended without a gRPC status");
  std::size_t code = 0;
  const char* end = status_->data() + status_->size();
  const auto parsed = std::from_chars(status_->data(), end, code);
  if (parsed.ec != std::errc() || parsed.ptr != end || code >= kStatusNames.size()) {
    return common::error("unknown gRPC status {}: {}", common::quoted(*status_),
                         common::quoted(message_));
  }
  if (code == 0) return {};
  return common::Error{fmt::format("{}: {}", kStatusNames[code], common::quoted(message_)),
                       code == kNotFound ? ENOENT : 0};
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && text.size() - i > 2) {
      const char* digits = text.data() + i + 1;
      if (std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
        out += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

}  // namespace zomg::resolver
