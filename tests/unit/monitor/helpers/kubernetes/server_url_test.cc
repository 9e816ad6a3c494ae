#include "monitor/helpers/kubernetes/server_url.h"

#include <gtest/gtest.h>

namespace zomg::kubernetes {
namespace {

TEST(ServerUrl, TakesTheFormsOfAKubeconfig) {
  EXPECT_EQ(parse_server_url("https://10.0.0.1:6443").value().text(), "https://10.0.0.1:6443");
  EXPECT_EQ(parse_server_url("https://api.example.org").value().text(),
            "https://api.example.org:443");
  EXPECT_EQ(parse_server_url("https://[fd00::1]:6443/").value().text(), "https://[fd00::1]:6443");
  EXPECT_EQ(parse_server_url("https://r.example.org/k8s/clusters/c-1/").value().path,
            "/k8s/clusters/c-1");
}

TEST(ServerUrl, TakesWhatKubectlTakes) {
  const auto text_of = [](const char* text) { return parse_server_url(text).value().text(); };
  EXPECT_EQ(text_of("HTTPS://H"), "https://H:443");
  EXPECT_EQ(text_of("https://h:"), "https://h:443");
  EXPECT_EQ(text_of("https://api_server"), "https://api_server:443");
  EXPECT_EQ(text_of("https://h/k8s/clusters/local:c-1@x"),
            "https://h:443/k8s/clusters/local:c-1@x");
  EXPECT_EQ(text_of("https://h//a/./b/../c/?q#f"), "https://h:443/a/c");
  EXPECT_EQ(text_of("https://h/../.."), "https://h:443");
}

TEST(ServerUrl, RefusesEverythingElse) {
  for (const char* text :
       {"", "10.0.0.1:6443", "http://10.0.0.1", "https://[fe80::1%25eth0]", "https://",
        "https://a:b", "https://u@h", "file:///x", "https://h:123456", "https://[::1",
        "https://h/a b", "https://h/%2e", "https://h\nX: y", "https://h:0", "https://[::1]x"}) {
    EXPECT_FALSE(parse_server_url(text)) << text;
  }
}

TEST(PercentEncoded, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encoded("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encoded("a=b,c&d/\n\xff"), "a%3Db%2Cc%26d%2F%0A%FF");
}

}  // namespace
}  // namespace zomg::kubernetes
