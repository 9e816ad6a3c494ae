#include "monitor/helpers/file_reader/watched_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace zomg::file_reader {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 1000;
constexpr auto kSettled = WatchedFile::Patience::kUntilSettled;

class WatchedFileTest : public testing::Test {
 protected:
  WatchedFileTest() {
    std::string name = testing::TempDir() + "zomg-watched-file-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    write(path(), "one");
    EXPECT_EQ(*file_.emplace(path(), kMaxBytes, kSettled).read(), "one");
  }
  ~WatchedFileTest() override { fs::remove_all(directory_); }

  fs::path path() const { return directory_ / "authorized_keys"; }
  static void write(const fs::path& path, std::string_view text) {
    std::ofstream(path, std::ios::trunc) << text;
  }
  /// What the second look at what is there now finds; the first must find nothing yet.
  std::optional<common::Result<std::string>> look_twice() {
    EXPECT_FALSE(file_->look());
    return file_->look();
  }

  fs::path directory_;
  std::optional<WatchedFile> file_;
};

TEST_F(WatchedFileTest, ThatStaysIsNotReadAgain) {
  EXPECT_FALSE(file_->look());
  EXPECT_FALSE(file_->look());
  EXPECT_FALSE(file_->look());
}

TEST_F(WatchedFileTest, IsReadAgainOnceWhenItWasWrittenOver) {
  write(path(), "two, longer");
  EXPECT_EQ(**look_twice(), "two, longer");
  EXPECT_FALSE(file_->look());
}

TEST_F(WatchedFileTest, IsReadWhenItWasReplacedByOneOfTheSameSizeAndTime) {
  const fs::path fresh = directory_ / "fresh";
  write(fresh, "two");
  fs::last_write_time(fresh, fs::last_write_time(path()));
  fs::rename(fresh, path());
  EXPECT_EQ(**look_twice(), "two");
}

TEST_F(WatchedFileTest, IsNotReadWhileItIsBeingWritten) {
  for (const char* text : {"t", "tw", "two "}) {
    write(path(), text);
    EXPECT_FALSE(file_->look()) << text;
  }
  EXPECT_EQ(**file_->look(), "two ");
}

TEST_F(WatchedFileTest, IsReadAtOnceWhereThatIsAskedFor) {
  file_.emplace(path(), kMaxBytes, WatchedFile::Patience::kNone);
  EXPECT_EQ(*file_->read(), "one");
  EXPECT_FALSE(file_->look());
  write(path(), "two, longer");
  EXPECT_EQ(**file_->look(), "two, longer");
  EXPECT_FALSE(file_->look());
}

TEST_F(WatchedFileTest, ThatIsTooLongIsAnError) {
  write(path(), std::string(kMaxBytes + 1, 'x'));
  const auto found = look_twice();
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

TEST_F(WatchedFileTest, IsReadWhenAVolumeOfKubernetesTurnsItsSymlink) {
  // As kubelet lays a secret out: authorized_keys -> ..data/authorized_keys, ..data -> ..time.
  const fs::path volume = directory_ / "volume";
  for (const char* version : {"..1", "..2"}) {
    fs::create_directories(volume / version);
    write(volume / version / "authorized_keys", version);
  }
  fs::create_directory_symlink("..1", volume / "..data");
  fs::create_symlink("..data/authorized_keys", volume / "authorized_keys");
  EXPECT_EQ(*file_.emplace(volume / "authorized_keys", kMaxBytes, kSettled).read(), "..1");
  fs::create_directory_symlink("..2", volume / "..data_tmp");
  fs::rename(volume / "..data_tmp", volume / "..data");
  fs::remove_all(volume / "..1");
  EXPECT_EQ(**look_twice(), "..2");
}

TEST_F(WatchedFileTest, ThatIsGoneIsAnErrorOnceAndReadWhenItIsBack) {
  fs::remove(path());
  const auto gone = look_twice();
  ASSERT_TRUE(gone);
  EXPECT_FALSE(*gone);
  EXPECT_FALSE(file_->look());
  write(path(), "back");
  EXPECT_EQ(**look_twice(), "back");
}

TEST_F(WatchedFileTest, ThatOthersCanWriteIsAnErrorOnceAndReadWhenItIsMended) {
  for (const fs::path& what : {path(), directory_}) {
    const auto before = fs::status(what).permissions();
    fs::permissions(what, fs::perms::group_write, fs::perm_options::add);
    if (what == directory_) {
      EXPECT_FALSE(file_->read());
    } else {
      const auto insecure = look_twice();
      ASSERT_TRUE(insecure);
      ASSERT_FALSE(*insecure);
      EXPECT_EQ((*insecure).error().errno_value, common::kInsecure);
    }
    EXPECT_FALSE(file_->look());
    EXPECT_FALSE(file_->look());
    fs::permissions(what, before);
    // The file itself changes with its mode, its directory's mode does not show in it.
    const auto mended = what == directory_ ? file_->look() : look_twice();
    ASSERT_TRUE(mended);
    EXPECT_EQ(**mended, "one");
  }
}

TEST_F(WatchedFileTest, ThatOthersCanWriteIsReadWhereModesAreNotStrict) {
  fs::permissions(path(), fs::perms::group_write, fs::perm_options::add);
  EXPECT_EQ(*WatchedFile(path(), kMaxBytes, kSettled, common::StrictModes::kNo).read(), "one");
}

}  // namespace
}  // namespace zomg::file_reader
