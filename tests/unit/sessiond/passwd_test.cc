#include "sessiond/passwd.h"

#include <gtest/gtest.h>

namespace zomg::sessiond {
namespace {

TEST(Passwd, FindsTheEntryByUid) {
  const auto entry = find_passwd_entry(
      "daemon:x:1:1::/usr/sbin:/usr/sbin/nologin\nroot:x:0:0:root:/root:/bin/zsh\n", 0);
  EXPECT_EQ(entry.name, "root");
  EXPECT_EQ(entry.home, "/root");
  EXPECT_EQ(entry.shell, "/bin/zsh");
}

TEST(Passwd, TakesTheFirstOfTwo) {
  EXPECT_EQ(find_passwd_entry("a:x:0:0::/a:/bin/a\nb:x:0:0::/b:/bin/b\n", 0).name, "a");
}

TEST(Passwd, PassesOverWhatIsNoEntry) {
  using namespace std::string_literals;
  const auto text =
      "\n#root:x:0:0\n:x:0\nroot:x:zero:0::/:/bin/no\nroot:x:0 :0::/:/bin/no\n"
      "root:x:0:0::/r\0t:/bin/no\nroot:x:0:0::/root:/bin/no:more\nok:x:0:0:::\n"s;
  const auto entry = find_passwd_entry(text, 0);
  EXPECT_EQ(entry.name, "ok");
  EXPECT_EQ(entry.home, "/");
  EXPECT_EQ(entry.shell, "");
}

TEST(Passwd, IsRootWithoutAShellWhereThereIsNoEntry) {
  const auto entry = find_passwd_entry("", 0);
  EXPECT_EQ(entry.name, "root");
  EXPECT_EQ(entry.home, "/");
  EXPECT_EQ(entry.shell, "");
}

TEST(Passwd, ReadsALastLineWithoutAnEnd) {
  EXPECT_EQ(find_passwd_entry("root:x:0:0::/root:/bin/sh", 0).shell, "/bin/sh");
}

}  // namespace
}  // namespace zomg::sessiond
