#include "sessiond/box/group_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sessiond/box/invocation.h"

namespace zomg::sessiond {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(GroupFile, GivesTheGroupsThatHaveTheUserAsAMember) {
  constexpr std::string_view kText =
      "root:x:0:\naudio:x:29:dev\ndocker:x:999:other,dev\nsudo:x:27:other,developer,de\n";
  EXPECT_THAT(find_groups(kText, "dev", 1000), ElementsAre(1000, 29, 999));
  EXPECT_THAT(find_groups(kText, "nobody", 1000), ElementsAre(1000));
}

TEST(GroupFile, NamesEachGroupOnce) {
  EXPECT_THAT(find_groups("a:x:5:dev,dev\nb:x:5:dev\nc:x:1000:dev\n", "dev", 1000),
              ElementsAre(1000, 5));
}

TEST(GroupFile, PassesOverWhatIsNoEntry) {
  EXPECT_THAT(find_groups("\ndev\na:x:dev\na:x::dev\na:x:-1:dev\na:x:4294967296:dev\na:x:7 :dev\n"
                          "a:x:8:dev:more\nlast:x:9:dev",
                          "dev", 1000),
              ElementsAre(1000, 9));
}

TEST(GroupFile, HasNobodyWithoutAName) {
  EXPECT_THAT(find_groups("a:x:5:\nb:x:6:,\n", "", 1000), ElementsAre(1000));
}

TEST(GroupFile, GivesNoMoreThanThereIsRoomFor) {
  std::string text;
  for (std::size_t i = 0; i < 2 * kMaxSessionGroups; ++i) {
    text += fmt::format("g:x:{}:dev\n", 2000 + i);
  }
  EXPECT_THAT(find_groups(text, "dev", 1000), SizeIs(kMaxSessionGroups));
}

}  // namespace
}  // namespace zomg::sessiond
