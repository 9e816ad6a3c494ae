// Each test runs its subject in a process of its own.

#include "common/sandbox/task_attributes.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <functional>

namespace zomg::sandbox {
namespace {

/// Whether `body` returns true in a child.
bool child_holds(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0;
}

class TaskAttributes : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  }
};

#ifdef __x86_64__
TEST_F(TaskAttributes, OfASessionHaveATimeStampCounter) {
  // Between the two nothing may ask for the time.
  EXPECT_TRUE(child_holds([] {
    int mode = 0;
    return ::prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0) == 0 && reset_session_attributes() &&
           ::prctl(PR_GET_TSC, &mode, 0, 0, 0) == 0 && mode == PR_TSC_ENABLE;
  }));
}
#endif

struct SchedAttr {
  std::uint32_t size = 56;
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
  std::uint32_t utilization_min = 0;
  std::uint32_t utilization_max = 0;
};

SchedAttr scheduling() {
  SchedAttr attributes;
  ::syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0);
  return attributes;
}

bool bound_utilization() {
  SchedAttr attributes = scheduling();
  attributes.size = sizeof(attributes);
  attributes.flags |= 0x60;
  attributes.utilization_min = 300;
  attributes.utilization_max = 700;
  return ::syscall(SYS_sched_setattr, 0, &attributes, 0) == 0;
}

TEST_F(TaskAttributes, OfASessionDoNotBoundItsUtilization) {
  if (!child_holds(bound_utilization)) GTEST_SKIP() << "a kernel without such bounds";
  EXPECT_TRUE(child_holds([] {
    const SchedAttr usual = scheduling();
    if (!bound_utilization() || !reset_session_attributes()) return false;
    const SchedAttr now = scheduling();
    return now.utilization_min == usual.utilization_min &&
           now.utilization_max == usual.utilization_max;
  }));
}

/// Also by a kernel that does not know all of them.
TEST_F(TaskAttributes, OfASessionHaveTheUsualPriority) {
  EXPECT_TRUE(child_holds([] {
    return ::setpriority(PRIO_PROCESS, 0, 7) == 0 && reset_session_attributes() &&
           ::getpriority(PRIO_PROCESS, 0) == 0;
  }));
}

}  // namespace
}  // namespace zomg::sandbox
