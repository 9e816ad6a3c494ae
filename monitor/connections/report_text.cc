#include "monitor/connections/report_text.h"

#include "common/sandbox/seccomp/newer_calls.h"

namespace zomg::monitor {

using messages::Event;

namespace {

std::string_view describe(Event event) {
  switch (event) {
    case Event::kKeyExchangeFailed:
      return "the key exchange failed: no algorithm in common, or a broken client";
    case Event::kProtocolError:
      return "the client broke the SSH protocol";
    case Event::kForwardingRefused:
      return "a forwarding request was refused";
    case Event::kLoginGraceTimeExceeded:
      return "nobody logged in within LoginGraceTime";
    case Event::kTooManyAuthenticationFailures:
      return "too many authentication failures";
    case Event::kClientTimedOut:
      return "the client stopped answering";
    case Event::kBareProbe:
      return "a probe: it closed without a word";
    case Event::kAuthenticationRequestRefused:
      return "a request to authenticate was refused: not by a key, or malformed";
    case Event::kUnusedConnection:
      return "no session for as long as ZOMG_SSH_IDLE_TIMEOUT";
    case Event::kProxyHeaderInvalid:
      return "there is no PROXY header, though one is expected from this address";
    case Event::kSystemCallRefused:
      return "its sandbox refused a library the system call ";
  }
  return "";
}

}  // namespace

std::string describe(const messages::Report& report) {
  std::string text(describe(report.event));
  if (report.event == Event::kSystemCallRefused) {
    text += sandbox::kNewerCalls.at(report.system_call).name;
  }
  return text;
}

}  // namespace zomg::monitor
