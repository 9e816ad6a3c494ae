#include "sessiond/container/resource_limits.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace zomg::sessiond {
namespace {

TEST(ResourceLimits, AreReadAsTheKernelWritesThem) {
  const ResourceLimits limits = parse_resource_limits(
      "Limit                     Soft Limit           Hard Limit           Units     \n"
      "Max open files            1024                 1048576              files     \n"
      "Max core file size        0                    unlimited            bytes     \n"
      "Max nice priority         0                    0                    \n");
  ASSERT_TRUE(limits[RLIMIT_NOFILE]);
  EXPECT_EQ(limits[RLIMIT_NOFILE]->rlim_cur, 1024U);
  EXPECT_EQ(limits[RLIMIT_NOFILE]->rlim_max, 1048576U);
  EXPECT_EQ(limits[RLIMIT_CORE]->rlim_max, RLIM_INFINITY);
  EXPECT_EQ(limits[RLIMIT_NICE]->rlim_max, 0U);
  EXPECT_FALSE(limits[RLIMIT_AS]);
}

TEST(ResourceLimits, LinesThatAreNoneAreLeftOut) {
  const ResourceLimits limits =
      parse_resource_limits("Max open files 10\nMax processes ten 20 processes\n\n");
  EXPECT_FALSE(limits[RLIMIT_NOFILE]);
  EXPECT_FALSE(limits[RLIMIT_NPROC]);
}

TEST(ResourceLimits, EachOfOurOwnIsFoundInProc) {
  const common::Fd self(::open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const auto text = read_proc_file(self.get(), "limits");
  ASSERT_TRUE(text);
  const ResourceLimits limits = parse_resource_limits(*text);
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
    rlimit own{};
    ASSERT_EQ(::getrlimit(static_cast<__rlimit_resource_t>(resource), &own), 0);
    ASSERT_TRUE(limits[static_cast<std::size_t>(resource)]) << resource;
    EXPECT_EQ(limits[static_cast<std::size_t>(resource)]->rlim_cur, own.rlim_cur) << resource;
    EXPECT_EQ(limits[static_cast<std::size_t>(resource)]->rlim_max, own.rlim_max) << resource;
  }
}

}  // namespace
}  // namespace zomg::sessiond
