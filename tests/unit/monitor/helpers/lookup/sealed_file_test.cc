#include "monitor/helpers/lookup/sealed_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace zomg::lookup {
namespace {

TEST(SealedFile, HoldsTheBytes) {
  const auto file = make_sealed_file("test", std::string_view("a\0b", 3)).value();
  std::string bytes(8, 'x');
  EXPECT_EQ(::pread(file.get(), bytes.data(), bytes.size(), 0), 3);
  EXPECT_EQ(bytes.substr(0, 3), std::string("a\0b", 3));
}

TEST(SealedFile, CannotBeChanged) {
  const auto file = make_sealed_file("test", "bytes").value();
  EXPECT_LT(::pwrite(file.get(), "x", 1, 0), 0);
  EXPECT_LT(::ftruncate(file.get(), 0), 0);
  EXPECT_LT(::fcntl(file.get(), F_ADD_SEALS, F_SEAL_FUTURE_WRITE), 0);
}

}  // namespace
}  // namespace zomg::lookup
