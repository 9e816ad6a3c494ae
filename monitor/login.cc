#include "monitor/login.h"

#include <fmt/core.h>

namespace zomg::monitor {

std::string Credential::describe() const {
  std::string text = fmt::format("{} {}", algorithm, fingerprint);
  if (certificate) {
    text += fmt::format(" ID \"{}\" serial {} of CA {}", certificate->key_id, certificate->serial,
                        certificate->authority_fingerprint);
  }
  return text + fmt::format(" ({})", source);
}

}  // namespace zomg::monitor
