#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/monitor/keys/test_key.h"

namespace zomg::monitor {

/// A certificate, made for a test, as ssh-keygen(1) -s would make it, or as it would not.
struct TestCertificate {
  using Options = std::vector<std::pair<std::string, std::string>>;

  std::uint64_t serial = 7;
  std::uint32_t certified_as = 1;
  std::string key_id = "alice";
  std::vector<std::string> principals{"demo--box1"};
  std::uint64_t valid_after = 0;
  std::uint64_t valid_before = ~std::uint64_t{0};
  /// Names and their data, packed already.
  Options critical_options;
  Options extensions{{"permit-pty", ""}};
  /// The authority's signature algorithm; its type's own when empty.
  std::string algorithm;

  /// The certificate of `key`, signed by `authority`.
  std::string blob(const TestKey& key, const TestKey& authority) const;
  /// The same, with the key of `named` in the place of the authority's.
  std::string blob(const TestKey& key, const TestKey& authority, const TestKey& named) const;

  /// The data of an option that is one string.
  static std::string string_data(std::string_view text);
};

/// The name of certificates of this key type.
std::string certificate_type(std::string_view key_type);

}  // namespace zomg::monitor
