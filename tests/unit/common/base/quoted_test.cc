#include "common/base/quoted.h"

#include <gtest/gtest.h>

namespace zomg::common {
namespace {

TEST(Quoted, LeavesAPlainWordAsItIs) {
  for (const char* word : {"demo--box1", "/etc/keys", "192.0.2.1", "fe80::1%eth0", "a@b.example"}) {
    EXPECT_EQ(quoted(word), word);
  }
}

TEST(Quoted, WhatCouldPassForMoreOfTheLineIsInQuotes) {
  EXPECT_EQ(quoted(""), R"("")");
  EXPECT_EQ(quoted("root with key SHA256:x"), R"("root with key SHA256:x")");
  EXPECT_EQ(quoted("a=b"), R"("a=b")");
  EXPECT_EQ(quoted("(GitHub"), R"("(GitHub")");
  EXPECT_EQ(quoted("a,"), R"("a,")");
}

TEST(Quoted, NothingInItEndsTheQuotes) {
  EXPECT_EQ(quoted(R"(a" b)"), R"("a\" b")");
  EXPECT_EQ(quoted(R"(a\" b)"), R"("a\\\" b")");
  EXPECT_EQ(quoted(R"(a\)"), R"("a\\")");
  EXPECT_EQ(quoted("a\nb\r\t\x1b[31m"), R"("a\x0ab\x0d\x09\x1b[31m")");
}

TEST(Quoted, OtherScriptsAndTheirDirectionsAreBytes) {
  EXPECT_EQ(quoted("gr\xc3\xbc\xc3\x9f"), R"("gr\xc3\xbc\xc3\x9f")");
  EXPECT_EQ(quoted("\xe2\x80\xae"
                   "evil"),
            R"("\xe2\x80\xaeevil")");
  EXPECT_EQ(quoted("\xff"), R"("\xff")");
}

TEST(Quoted, SurvivesTheEscapingOfTheWholeLine) {
  for (const char* text : {"a\nb", R"(a" \ b)", "\xe2\x80\xae"}) {
    EXPECT_EQ(printable(quoted(text)), quoted(text));
  }
}

TEST(Printable, EscapesWhatCouldForgeALine) {
  EXPECT_EQ(printable("a\nb\x1b[31m\xe2"), R"(a\x0ab\x1b[31m\xe2)");
}

}  // namespace
}  // namespace zomg::common
