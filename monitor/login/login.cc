#include "monitor/login/login.h"

#include <fmt/core.h>

#include "common/base/quoted.h"

namespace zomg::monitor {

std::string Credential::describe() const {
  std::string text = fmt::format("{} {}", common::quoted(algorithm), fingerprint);
  if (certificate) {
    text += fmt::format(" ID {} serial {} of CA {}", common::quoted(certificate->key_id),
                        certificate->serial, certificate->authority_fingerprint);
  }
  return text + fmt::format(" ({})", source);
}

}  // namespace zomg::monitor
