#include "sessiond/container/id_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sessiond/container/confinement.h"

namespace zomg::sessiond {
namespace {

using testing::ElementsAre;

const IdMap kMap{{0, 100000, 65536}, {70000, 300000, 2}};

TEST(IdMap, IsReadAsTheKernelWritesIt) {
  const auto map =
      parse_id_map("         0     100000      65536\n     70000     300000          2\n");
  ASSERT_TRUE(map);
  EXPECT_EQ(*map, kMap);
}

TEST(IdMap, OfAllIdsIsRead) {
  EXPECT_EQ(id_inside(*parse_id_map("         0          0 4294967295\n"), 4294967294U),
            4294967294U);
}

TEST(IdMap, ThatIsNoneIsRefused) {
  EXPECT_FALSE(parse_id_map("0 0\n"));
  EXPECT_FALSE(parse_id_map("0 0 4294967296\n"));
  EXPECT_FALSE(parse_id_map("a b c\n"));
}

TEST(IdMap, NamesWhatAnIdIsInside) {
  EXPECT_EQ(id_inside(kMap, 100000), 0U);
  EXPECT_EQ(id_inside(kMap, 165535), 65535U);
  EXPECT_EQ(id_inside(kMap, 300001), 70001U);
}

TEST(IdMap, KnowsNothingOfOtherIds) {
  for (const std::uint32_t id : {0U, 99999U, 165536U, 299999U, 300002U, 4294967295U}) {
    EXPECT_FALSE(id_inside(kMap, id)) << id;
  }
}

TEST(IdMap, LeavesOutGroupsThatAreNoneInside) {
  Confinement confinement;
  confinement.identity = {100001, 100002};
  confinement.groups = {100005, 27, 300000};
  ASSERT_TRUE(enter_id_maps(kMap, kMap, confinement));
  EXPECT_EQ(confinement.identity.uid, 1U);
  EXPECT_EQ(confinement.identity.gid, 2U);
  EXPECT_THAT(confinement.groups, ElementsAre(5, 70000));
}

TEST(IdMap, RefusesAUserThatIsNoneInside) {
  Confinement confinement;
  confinement.identity = {0, 100000};
  EXPECT_FALSE(enter_id_maps(kMap, kMap, confinement));
  confinement.identity = {100000, 0};
  EXPECT_FALSE(enter_id_maps(kMap, kMap, confinement));
}

}  // namespace
}  // namespace zomg::sessiond
