#include "monitor/kubernetes/kubeconfig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zomg::kubernetes {
namespace {

using testing::HasSubstr;

/// A kubeconfig with these lines in its cluster and its user.
std::string kubeconfig(const std::string& cluster, const std::string& user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: here\n"
         "contexts:\n"
         "- {name: elsewhere, context: {cluster: other, user: other}}\n"
         "- {name: here, context: {cluster: c, user: u, namespace: team}}\n"
         "clusters:\n- name: c\n  cluster:\n    " +
         cluster + "\nusers:\n- name: u\n  user:\n    " + user + "\n";
}

std::string error_of(const std::string& text) {
  const auto parsed = parse_kubeconfig(text, "/etc/k");
  return parsed ? "" : parsed.error().message;
}

TEST(Kubeconfig, ReadsTheCurrentContext) {
  const auto config = parse_kubeconfig(kubeconfig("server: https://h:6443", "token: t"), "/d");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->server, "https://h:6443");
  EXPECT_EQ(config->token.bytes, "t");
  EXPECT_EQ(config->kubernetes_namespace, "team");
  EXPECT_FALSE(config->insecure_skip_tls_verify);
}

TEST(Kubeconfig, DataWinsOverFilesAndATokenFileOverAToken) {
  const auto config = parse_kubeconfig(
      kubeconfig("{server: https://h, certificate-authority-data: Q0E=, certificate-authority: ca}",
                 "{client-certificate: c.pem, client-key: /k.pem, token: t, tokenFile: tok}"),
      "/d");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->certificate_authority.bytes, "CA");
  EXPECT_EQ(config->certificate_authority.file, "");
  EXPECT_EQ(config->client_certificate.file, "/d/c.pem");
  EXPECT_EQ(config->client_key.file, "/k.pem");
  EXPECT_EQ(config->token.file, "/d/tok");
  EXPECT_EQ(config->token.bytes, "");
}

TEST(Kubeconfig, ReadsWhatConcernsTheCertificate) {
  const auto config = parse_kubeconfig(
      kubeconfig("{server: https://h, insecure-skip-tls-verify: true, tls-server-name: n}",
                 "token: t"),
      "/d");
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->insecure_skip_tls_verify);
  EXPECT_EQ(config->tls_server_name, "n");
}

TEST(Kubeconfig, RefusesWhatItDoesNotDo) {
  EXPECT_THAT(error_of(kubeconfig("server: https://h", "exec: {command: aws}")),
              HasSubstr("starts no credential plugin"));
  EXPECT_THAT(error_of(kubeconfig("server: https://h", "auth-provider: {name: gcp}")),
              HasSubstr("auth-provider"));
  EXPECT_THAT(error_of(kubeconfig("server: https://h", "{token: t, as: root}")), HasSubstr("as"));
  EXPECT_THAT(error_of(kubeconfig("{server: https://h, proxy-url: http://p}", "token: t")),
              HasSubstr("proxy-url"));
}

TEST(Kubeconfig, NamesWhatIsMissing) {
  EXPECT_THAT(error_of("kind: Config"), HasSubstr("current-context"));
  EXPECT_THAT(error_of("current-context: x"), HasSubstr("context named x"));
  EXPECT_THAT(error_of("current-context: x\ncontexts: [{name: x, context: {cluster: y}}]"),
              HasSubstr("cluster named y"));
  EXPECT_THAT(error_of("[]"), HasSubstr("not a kubeconfig"));
  EXPECT_THAT(error_of("a: [\nb"), HasSubstr("line"));
  EXPECT_THAT(error_of(kubeconfig("{server: https://h, certificate-authority-data: '*'}", "a: b")),
              HasSubstr("not base64"));
}

}  // namespace
}  // namespace zomg::kubernetes
