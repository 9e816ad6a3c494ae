#include "common/base/seal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <thread>

#include "common/base/fd.h"

namespace zomg::common {
namespace {

using std::chrono::milliseconds;

Fd memfd() {
  Fd fd(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  EXPECT_EQ(::write(fd.get(), "bytes", 5), 5);
  return fd;
}

/// What keeps a memfd from being sealed until it is gone.
class WritableMapping {
 public:
  explicit WritableMapping(int fd)
      : address_(::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) {
    EXPECT_NE(address_, MAP_FAILED);
  }
  WritableMapping(const WritableMapping&) = delete;
  WritableMapping& operator=(const WritableMapping&) = delete;
  ~WritableMapping() { ::munmap(address_, kBytes); }

 private:
  static constexpr std::size_t kBytes = 4096;
  void* address_;
};

TEST(Seal, LetsNobodyChangeAMemfd) {
  const Fd fd = memfd();
  ASSERT_TRUE(seal(fd.get()));
  EXPECT_LT(::pwrite(fd.get(), "x", 1, 0), 0);
  EXPECT_LT(::ftruncate(fd.get(), 0), 0);
  EXPECT_LT(::ftruncate(fd.get(), 100), 0);
  EXPECT_LT(::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_FUTURE_WRITE), 0);
}

TEST(Seal, TriesAgainWhileAPageIsInUse) {
  const Fd fd = memfd();
  auto mapping = std::make_unique<WritableMapping>(fd.get());
  ASSERT_LT(::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_WRITE), 0);
  ASSERT_EQ(errno, EBUSY);
  std::thread user([&mapping] {
    std::this_thread::sleep_for(milliseconds(50));
    mapping.reset();
  });
  EXPECT_TRUE(seal(fd.get(), std::chrono::minutes(1)));
  user.join();
}

TEST(Seal, GivesUpAtItsDeadline) {
  const Fd fd = memfd();
  const WritableMapping mapping(fd.get());
  const auto sealed = seal(fd.get(), milliseconds(20));
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().errno_value, EBUSY);
}

TEST(Seal, TakesNothingButAMemfd) {
  const auto pipe = make_pipe();
  EXPECT_FALSE(seal(pipe->first.get()));
}

}  // namespace
}  // namespace zomg::common
