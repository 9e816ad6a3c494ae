#include "sessiond/box/passwd.h"

#include <gtest/gtest.h>

namespace zomg::sessiond {
namespace {

using namespace std::string_view_literals;

TEST(Passwd, FindsTheEntryByUid) {
  const auto entry = find_passwd_entry(
      "daemon:x:1:1::/usr/sbin:/usr/sbin/nologin\nroot:x:0:3:root:/root:/bin/zsh\n", 0);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->name, "root");
  EXPECT_EQ(entry->gid, 3U);
  EXPECT_EQ(entry->home, "/root");
  EXPECT_EQ(entry->shell, "/bin/zsh");
}

TEST(Passwd, FindsTheEntryByName) {
  const auto text = "root:x:0:0::/root:/bin/sh\ndev:x:1000:1001::/home/dev:/bin/bash\n"sv;
  const auto entry = find_passwd_entry(text, "dev"sv);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->uid, 1000U);
  EXPECT_EQ(entry->gid, 1001U);
  EXPECT_FALSE(find_passwd_entry(text, "de"sv));
  EXPECT_FALSE(find_passwd_entry(text, ""sv));
}

TEST(Passwd, TakesTheFirstOfTwo) {
  EXPECT_EQ(find_passwd_entry("a:x:0:0::/a:/bin/a\nb:x:0:0::/b:/bin/b\n", 0)->name, "a");
}

TEST(Passwd, RootIsTheOneOfThatName) {
  const auto text = "toor:x:0:0::/toor:/bin/a\nroot:x:0:0::/root:/bin/b\nroot:x:5:5::/c:/bin/c\n"sv;
  EXPECT_EQ(find_passwd_entry(text, 0)->home, "/root");
  EXPECT_EQ(find_passwd_entry(text, 5)->home, "/c");
}

TEST(Passwd, PassesOverWhatIsNoEntry) {
  using namespace std::string_literals;
  const auto text =
      "\n#root:x:0:0\n:x:0\nroot:x:zero:0::/:/bin/no\nroot:x:0 :0::/:/bin/no\n"
      "root:x:0:-1::/:/bin/no\nroot:x:0:0::/r\0t:/bin/no\nroot:x:0:0::/root:/bin/no:more\n"
      "ok:x:0:0:::\n"s;
  const auto entry = find_passwd_entry(text, 0);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->name, "ok");
  EXPECT_EQ(entry->home, "/");
  EXPECT_EQ(entry->shell, "");
}

TEST(Passwd, FindsNothingWhereThereIsNoEntry) {
  EXPECT_FALSE(find_passwd_entry("", 0));
}

TEST(Passwd, ReadsALastLineWithoutAnEnd) {
  EXPECT_EQ(find_passwd_entry("root:x:0:0::/root:/bin/sh", 0)->shell, "/bin/sh");
}

}  // namespace
}  // namespace zomg::sessiond
