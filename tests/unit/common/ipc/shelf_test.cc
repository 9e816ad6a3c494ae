#include "common/ipc/shelf.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace zomg::ipc {
namespace {

char read_byte(int fd) {
  char byte = 0;
  return ::read(fd, &byte, 1) == 1 ? byte : '-';
}

TEST(Shelf, KeepsFilesThatNobodyHasOpen) {
  auto pipe = common::make_pipe();
  const auto shelf = Shelf::of({pipe->first.get()});
  ASSERT_TRUE(shelf);
  pipe->first.reset();
  ASSERT_EQ(::write(pipe->second.get(), "ab", 2), 2);
  for (const char expected : {'a', 'b'}) {
    const auto files = take_from_shelf(shelf->fd());
    ASSERT_TRUE(files);
    ASSERT_EQ(files->size(), 1);
    EXPECT_EQ(read_byte(files->front().get()), expected);
  }
}

TEST(Shelf, KeepsSeveralInTheirOrder) {
  auto one = common::make_pipe();
  auto two = common::make_pipe();
  const auto shelf = Shelf::of({one->first.get(), two->first.get()});
  ASSERT_EQ(::write(two->second.get(), "2", 1), 1);
  const auto files = take_from_shelf(shelf->fd());
  ASSERT_EQ(files->size(), 2);
  EXPECT_EQ(read_byte((*files)[1].get()), '2');
}

TEST(Shelf, IsFilledLater) {
  common::Fd filler;
  const auto shelf = Shelf::empty(filler);
  auto pipe = common::make_pipe();
  ASSERT_TRUE(fill_shelf(std::move(filler), {pipe->first.get()}));
  EXPECT_TRUE(take_from_shelf(shelf->fd()));
}

TEST(Shelf, ThatIsNeverFilledIsAnError) {
  common::Fd filler;
  const auto shelf = Shelf::empty(filler);
  filler.reset();
  EXPECT_FALSE(take_from_shelf(shelf->fd()));
}

}  // namespace
}  // namespace zomg::ipc
