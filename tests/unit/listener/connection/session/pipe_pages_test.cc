#include "listener/connection/session/pipe_pages.h"

#include <gtest/gtest.h>

namespace zomg::connection {
namespace {

constexpr std::size_t kPage = PipePages::kPageBytes;

TEST(PipePagesTest, WhatIsLeftOfAWriteHasAPage) {
  PipePages pages;
  pages.on_write(kPage);
  pages.on_write(1);
  pages.on_write(kPage + 1);
  EXPECT_EQ(pages.count(2 * kPage + 2), 4u);
}

TEST(PipePagesTest, AWriteCountsUntilAllOfItIsRead) {
  PipePages pages;
  pages.on_write(2 * kPage);
  pages.on_write(kPage);
  EXPECT_EQ(pages.count(kPage + 1), 3u);
  EXPECT_EQ(pages.count(kPage), 1u);
  EXPECT_EQ(pages.count(0), 0u);
}

TEST(PipePagesTest, MoreWritesThanAreRememberedCountUntilTheLastOfThemIsRead) {
  PipePages pages;
  constexpr std::size_t kWrites = 10000;
  for (std::size_t i = 0; i < kWrites; ++i) pages.on_write(1);
  EXPECT_EQ(pages.count(kWrites), kWrites);
  EXPECT_GE(pages.count(1), kWrites - 200);
  EXPECT_EQ(pages.count(0), 0u);
  pages.on_write(1);
  EXPECT_EQ(pages.count(1), 1u);
}

}  // namespace
}  // namespace zomg::connection
