#include "monitor/helpers/recorder/asciicast.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace zomg::recorder {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

TEST(Asciicast, BeginsWithAHeader) {
  const Json header = Json::parse(Asciicast::header({24, 80, 0, 0}, 1800000000, "demo--box1"));
  EXPECT_EQ(header["version"], 2);
  EXPECT_EQ(header["width"], 80);
  EXPECT_EQ(header["height"], 24);
  EXPECT_EQ(header["timestamp"], 1800000000);
  EXPECT_EQ(header["title"], "demo--box1");
}

TEST(Asciicast, HasOneLineForEachOutputWhateverItsBytesAre) {
  Asciicast cast;
  const std::string line = cast.output(1500ms, "a\"\\\x1b[31m\r\n");
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(Json::parse(line), Json::array({1.5, "o", "a\"\\\x1b[31m\r\n"}));
}

TEST(Asciicast, KeepsACharacterThatIsNotWholeForTheNextLine) {
  const std::string text = "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Asciicast cast;
    std::string shown;
    for (const std::string& part : {text.substr(0, cut), text.substr(cut)}) {
      const std::string line = cast.output(0us, part);
      if (!line.empty()) shown += Json::parse(line)[2].get<std::string>();
    }
    EXPECT_EQ(shown, text) << cut;
    EXPECT_EQ(cast.rest(0us), "");
  }
}

TEST(Asciicast, ReplacesWhatIsNoText) {
  Asciicast cast;
  EXPECT_EQ(Json::parse(cast.output(0us, "\xff\xfe|"))[2], "\xef\xbf\xbd\xef\xbf\xbd|");
  EXPECT_EQ(cast.output(0us, "\xe2\x82"), "");
  EXPECT_EQ(Json::parse(cast.rest(0us))[2], "\xef\xbf\xbd");
}

TEST(Asciicast, TellsANewSize) {
  EXPECT_EQ(Asciicast::resize(2000001us, {30, 100, 0, 0}), "[2.000001, \"r\", \"100x30\"]\n");
}

}  // namespace
}  // namespace zomg::recorder
