#include "common/base/secure_path.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/base/fd.h"

namespace zomg::common {
namespace {

constexpr uid_t kSomebody = 12345;

/// A file below two directories, all of them root's: /…/top/sub/file.
class SecurePath : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "files of several users";
    std::string pattern = testing::TempDir() + "secure-path-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    top_ = pattern;
    std::filesystem::create_directory(sub());
    std::ofstream(file()) << "keys";
    mode(top_, 0755);
    mode(sub(), 0755);
    mode(file(), 0644);
  }
  void TearDown() override {
    if (!top_.empty()) std::filesystem::remove_all(top_);
  }

  std::string sub() const { return top_ + "/sub"; }
  std::string file() const { return sub() + "/file"; }
  static void mode(const std::string& path, mode_t mode) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
  }
  static void owner(const std::string& path, uid_t uid) {
    ASSERT_EQ(::lchown(path.c_str(), uid, 0), 0);
  }
  static Result<void> check(const std::string& path, uid_t owner = 0) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return check_secure_path(fd.get(), path, owner);
  }
  /// What is wrong; empty for nothing.
  static std::string fault(const std::string& path, uid_t owner = 0) {
    const auto checked = check(path, owner);
    if (checked) return "";
    EXPECT_EQ(checked.error().errno_value, kInsecure) << checked.error().message;
    return checked.error().message;
  }

  std::string top_;
};

TEST_F(SecurePath, RootsAloneIsFine) {
  EXPECT_EQ(fault(file()), "");
  EXPECT_EQ(fault(sub()), "") << "a directory";
}

TEST_F(SecurePath, AFileThatOthersCanWriteIsNamedWithTheRemedy) {
  for (const mode_t writable : {0664, 0646, 0666}) {
    mode(file(), writable);
    EXPECT_EQ(fault(file()),
              fmt::format("others than root can write to {} (mode {:04o}); run `chmod go-w {}`, or "
                          "set ZOMG_SSH_STRICT_MODES=no",
                          file(), writable, file()));
  }
}

TEST_F(SecurePath, AnyDirectoryAboveItCounts) {
  for (const std::string& directory : {sub(), top_}) {
    mode(directory, 0775);
    EXPECT_NE(fault(file()).find("chmod go-w " + directory + "`"), std::string::npos);
    mode(directory, 0757);
    EXPECT_NE(fault(file()), "");
    mode(directory, 0755);
  }
}

TEST_F(SecurePath, SomebodyElsesIsNamedWithTheRemedy) {
  for (const std::string& path : {file(), sub(), top_}) {
    owner(path, kSomebody);
    EXPECT_NE(fault(file()).find(
                  fmt::format("{} belongs to the user 12345; run `chown root {}`", path, path)),
              std::string::npos)
        << fault(file());
    EXPECT_EQ(fault(file(), kSomebody), "") << "it is theirs";
    owner(path, 0);
  }
}

TEST_F(SecurePath, InAStickyDirectoryWhatIsRootsStays) {
  mode(top_, 01777);
  EXPECT_EQ(fault(file()), "");
  owner(sub(), kSomebody);
  EXPECT_NE(fault(file()), "");
  owner(sub(), 0);
  owner(top_, kSomebody);
  EXPECT_NE(fault(file()), "") << "its owner may rename all";
}

TEST_F(SecurePath, AStickyDirectoryItselfIsNobodysAlone) {
  mode(sub(), 01777);
  EXPECT_NE(fault(sub()), "");
}

TEST_F(SecurePath, AsKubeletMountsASecret) {
  const std::string volume = top_ + "/volume";
  std::filesystem::create_directories(volume + "/..2026_11_28");
  mode(volume, 01777);
  std::ofstream(volume + "/..2026_11_28/authorized_keys") << "keys";
  mode(volume + "/..2026_11_28/authorized_keys", 0440);
  std::filesystem::create_symlink("..2026_11_28", volume + "/..data");
  std::filesystem::create_symlink("..data/authorized_keys", volume + "/authorized_keys");
  EXPECT_EQ(fault(volume + "/authorized_keys"), "");
  owner(volume + "/..data", kSomebody);
  EXPECT_NE(fault(volume + "/authorized_keys"), "") << "they can turn it";
}

TEST_F(SecurePath, WhereALinkStandsCountsAsWellAsWhereItLeads) {
  std::filesystem::create_directory(top_ + "/links");
  const std::string link = top_ + "/links/file";
  std::filesystem::create_symlink(file(), link);
  EXPECT_EQ(fault(link), "");
  mode(top_ + "/links", 0777);
  EXPECT_NE(fault(link), "");
  mode(top_ + "/links", 0755);
  mode(sub(), 0777);
  EXPECT_NE(fault(link), "");
}

TEST_F(SecurePath, AWayWithDotsAndSlashesIsWalked) {
  EXPECT_EQ(fault(top_ + "//sub/./../sub/file"), "");
  mode(sub(), 0777);
  EXPECT_NE(fault(top_ + "/sub/../sub/file"), "");
}

TEST_F(SecurePath, WhatWasOpenedHasToBeThere) {
  const Fd fd(::open(file().c_str(), O_RDONLY | O_CLOEXEC));
  std::ofstream(file() + ".new") << "other keys";
  std::filesystem::rename(file() + ".new", file());
  const auto checked = check_secure_path(fd.get(), file());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().errno_value, ESTALE);
}

TEST_F(SecurePath, ALoopOfLinksHasAnEnd) {
  std::filesystem::create_symlink("loop", top_ + "/loop");
  const Fd fd(::open(file().c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(check_secure_path(fd.get(), top_ + "/loop"));
  EXPECT_FALSE(check_secure_path(fd.get(), "relative"));
}

}  // namespace
}  // namespace zomg::common
