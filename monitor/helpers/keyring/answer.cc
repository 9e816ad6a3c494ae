#include "monitor/helpers/keyring/answer.h"

#include <algorithm>

#include "common/base/limits.h"
#include "monitor/helpers/keyring/key_list.h"

namespace zomg::keyring {
namespace {

using messages::FetchFailure;

Verdict failed(FetchFailure failure, std::string reason) {
  Verdict verdict;
  verdict.failure = failure;
  verdict.reason = std::move(reason);
  return verdict;
}

bool is_named(std::string_view line, std::string_view lower_case_name) {
  return line.size() >= lower_case_name.size() &&
         std::equal(lower_case_name.begin(), lower_case_name.end(), line.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

}  // namespace

Verdict judge(const Answer& answer, bool conditional) {
  if (answer.failure) return failed(*answer.failure, answer.reason);
  Verdict verdict;
  switch (answer.status) {
    case 200: {
      auto keys = parse_key_list(answer.body);
      if (!keys) {
        return failed(FetchFailure::kNoKeys, "no list of keys: " + keys.error().message);
      }
      verdict.kind = Verdict::Kind::kKeys;
      verdict.keys = std::move(*keys);
      return verdict;
    }
    case 304:
      if (!conditional) return failed(FetchFailure::kStatus, "status 304 without being asked");
      verdict.kind = Verdict::Kind::kUnchanged;
      return verdict;
    case 404:
      verdict.kind = Verdict::Kind::kKeys;
      return verdict;
    case 429:
      return failed(FetchFailure::kThrottled, "status 429, too many requests");
    default:
      return failed(FetchFailure::kStatus, fmt::format("status {}", answer.status));
  }
}

void take_header_line(std::string_view line, Answer& answer) {
  // The lines of an interim answer (1xx) come before those of the answer itself.
  if (line.starts_with("HTTP/")) answer.etag.clear();
  constexpr std::string_view kName = "etag:";
  if (!is_named(line, kName)) return;
  line.remove_prefix(kName.size());
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' ')) {
    line.remove_suffix(1);
  }
  const bool usable =
      line.size() <= limits::kMaxEtagBytes && std::all_of(line.begin(), line.end(), [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f;
      });
  if (usable) answer.etag = line;
}

}  // namespace zomg::keyring
