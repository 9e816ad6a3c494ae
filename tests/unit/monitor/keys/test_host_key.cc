#include "tests/unit/monitor/keys/test_host_key.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "common/base/check.h"

namespace zomg::monitor {

HostKey make_test_host_key() {
  std::string directory = testing::TempDir() + "zomg-host-key-XXXXXX";
  CHECK(::mkdtemp(directory.data()) != nullptr);
  CHECK(generate_host_key(directory + "/key"));
  auto key = HostKey::load(directory + "/key");
  std::filesystem::remove_all(directory);
  CHECK(key);
  return std::move(*key);
}

}  // namespace zomg::monitor
