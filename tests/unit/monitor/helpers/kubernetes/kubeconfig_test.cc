#include "monitor/helpers/kubernetes/kubeconfig.h"

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

common::Result<Kubeconfig> parse(const std::string& text) {
  return parse_kubeconfig({{"/d/config", text}});
}

std::string error_of(const std::string& text) {
  const auto parsed = parse(text);
  return parsed ? "" : parsed.error().message;
}

/// What is made of these lines of a cluster or a user, which have to be taken.
Kubeconfig of_cluster(const std::string& cluster) {
  const auto config = parse(kubeconfig(cluster, "token: t"));
  EXPECT_TRUE(config) << config.error().message;
  return config ? *config : Kubeconfig{};
}

Kubeconfig of_user(const std::string& user) {
  const auto config = parse(kubeconfig("server: https://h", user));
  EXPECT_TRUE(config) << config.error().message;
  return config ? *config : Kubeconfig{};
}

TEST(Kubeconfig, ReadsTheCurrentContext) {
  const auto config = parse(kubeconfig("server: https://h:6443", "token: t"));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->server, "https://h:6443");
  EXPECT_EQ(config->token.bytes, "t");
  EXPECT_EQ(config->kubernetes_namespace, "team");
  EXPECT_FALSE(config->insecure_skip_tls_verify);
}

TEST(Kubeconfig, DataWinsOverFiles) {
  const Kubeconfig cluster = of_cluster(
      "{server: https://h, certificate-authority-data: Q0E=, certificate-authority: ca}");
  EXPECT_EQ(cluster.certificate_authority.bytes, "CA");
  EXPECT_EQ(cluster.certificate_authority.file, "");
  const Kubeconfig user = of_user("{client-certificate: c.pem, client-key: /k.pem}");
  EXPECT_EQ(user.client_certificate.file, "/d/c.pem");
  EXPECT_EQ(user.client_key.file, "/k.pem");
}

TEST(Kubeconfig, TakesATokenBesideItsFile) {
  const Kubeconfig config = of_user("{token: t, tokenFile: tok}");
  EXPECT_EQ(config.token.file, "/d/tok");
  EXPECT_EQ(config.token.bytes, "t");
}

TEST(Kubeconfig, ReadsWhatConcernsTheCertificate) {
  const Kubeconfig config =
      of_cluster("{server: https://h, insecure-skip-tls-verify: true, tls-server-name: n}");
  EXPECT_TRUE(config.insecure_skip_tls_verify);
  EXPECT_EQ(config.tls_server_name, "n");
}

TEST(Kubeconfig, ReadsYesAndNoOfYaml11) {
  for (const char* word : {"true", "True", "yes", "on", "Y", "!!bool true"}) {
    EXPECT_TRUE(of_cluster(fmt::format("{{server: h, insecure-skip-tls-verify: {}}}", word))
                    .insecure_skip_tls_verify)
        << word;
  }
  for (const char* word : {"false", "NO", "off", "n", "null", ""}) {
    EXPECT_FALSE(of_cluster(fmt::format("{{server: h, insecure-skip-tls-verify: {}}}", word))
                     .insecure_skip_tls_verify)
        << word;
  }
  EXPECT_THAT(error_of(kubeconfig("{server: h, insecure-skip-tls-verify: 'true'}", "token: t")),
              HasSubstr("neither true nor false"));
}

TEST(Kubeconfig, ReadsBase64InLines) {
  const auto authority_of = [](const std::string& data) {
    return of_cluster("server: h\n    certificate-authority-data: " + data)
        .certificate_authority.bytes;
  };
  EXPECT_EQ(authority_of("|\n      Q\n      0E=\n"), "CA");
  EXPECT_EQ(authority_of(R"("Q0\r\nE=\n")"), "CA");
  // YAML's own base64 is decoded first: UTBFPQ== is Q0E=.
  EXPECT_EQ(authority_of("!!binary |\n      UTBF\n      PQ=="), "CA");
  EXPECT_EQ(authority_of(R"("\n")"), "");
  EXPECT_THAT(
      error_of(kubeconfig("server: h\n    certificate-authority-data: Q0\n      E=", "token: t")),
      HasSubstr("certificate-authority-data is not base64"));
}

TEST(Kubeconfig, TakesWhatIsEmptyForNotThere) {
  of_cluster("{server: https://h, proxy-url: ''}");
  of_cluster("{server: https://h, proxy-url: ~}");
  const Kubeconfig config = of_user(
      "{token: t, tokenFile: null, username: '', password: , exec: null, auth-provider: ~, as: '', "
      "as-groups: [], as-user-extra: {}, client-certificate-data: '', client-key: Null}");
  EXPECT_EQ(config.token.bytes, "t");
  EXPECT_EQ(config.token.file, "");
  EXPECT_EQ(config.client_key.file, "");
}

TEST(Kubeconfig, OfEqualKeysTheLastCounts) {
  EXPECT_EQ(of_user("token: a\n    token: b").token.bytes, "b");
  EXPECT_EQ(of_user("token: a\n    token:").token.bytes, "");
}

TEST(Kubeconfig, FollowsMergeKeys) {
  const std::string base = "x: [&a {token: a, client-key: k}, &b {token: b, tokenFile: f}]\n    ";
  EXPECT_EQ(of_user(base + "<<: *a").token.bytes, "a");
  EXPECT_EQ(of_user(base + "<<: *a\n    token: c").token.bytes, "c");
  const Kubeconfig both = of_user(base + "<<: [*a, *b]");
  EXPECT_EQ(both.token.bytes, "a");
  EXPECT_EQ(both.token.file, "/d/f");
  EXPECT_THAT(error_of(kubeconfig("server: https://h", base + "<<: {exec: {command: x}}")),
              HasSubstr("exec is not supported"));
  EXPECT_THAT(error_of(kubeconfig("server: https://h", "<<: 1")), HasSubstr("not a mapping"));
}

TEST(Kubeconfig, DoesNotFollowMergeKeysForEver) {
  EXPECT_THAT(error_of(kubeconfig("server: https://h", "&u {<<: *u, token: t}")),
              HasSubstr("too deep"));
  std::string bomb = "x: [&a0 {token: t}";
  for (int i = 1; i < 12; ++i) {
    bomb += fmt::format(", &a{} {{<<: [*a{}, *a{}, *a{}]}}", i, i - 1, i - 1, i - 1);
  }
  EXPECT_THAT(error_of(kubeconfig("server: https://h", bomb + "]\n    <<: *a11")),
              HasSubstr("too much"));
}

TEST(Kubeconfig, TakesTheFirstFileThatHasSomething) {
  const std::string one = "users: [{name: u, user: {token: one}}]";
  const std::string context = "contexts: [{name: x, context: {cluster: c, user: u}}]";
  const std::string other =
      "current-context: x\nclusters: [{name: c, cluster: {server: h, certificate-authority: ca}}]\n"
      "users: [{name: u, user: {tokenFile: two}}]";
  const auto config =
      parse_kubeconfig({{"/1/c", one}, {"/e", ""}, {"/2/c", other}, {"/3/c", context}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->token.bytes, "one");
  EXPECT_EQ(config->token.file, "");
  EXPECT_EQ(config->certificate_authority.file, "/2/ca");
}

TEST(Kubeconfig, NamesTheFileThatIsWrong) {
  const std::string good = kubeconfig("server: https://h", "token: t");
  const auto error = [](const std::vector<KubeconfigFile>& files) {
    const auto parsed = parse_kubeconfig(files);
    return parsed ? "" : parsed.error().message;
  };
  EXPECT_THAT(error({{"/1", good}, {"/2", "a: ["}}), HasSubstr("/2: line"));
  EXPECT_THAT(error({{"/1", "users: [{name: u, user: {exec: {command: x}}}]"}, {"/2", good}}),
              HasSubstr("/1: user: exec"));
  EXPECT_THAT(error({{"/1", "users: [{name: u}, {name: u}]"}, {"/2", good}}),
              HasSubstr("/1: users has two named u"));
}

TEST(Kubeconfig, RefusesWhatItDoesNotDo) {
  EXPECT_THAT(error_of(kubeconfig("server: https://h", "exec: {command: aws}")),
              HasSubstr("keep its token in a tokenFile"));
  EXPECT_THAT(error_of(kubeconfig("server: https://h", "auth-provider: {name: gcp}")),
              HasSubstr("auth-provider"));
  EXPECT_THAT(error_of(kubeconfig("server: https://h", "{token: t, as: root}")), HasSubstr("as"));
  EXPECT_THAT(error_of(kubeconfig("server: https://h", "{token: t, as-uid: 7}")),
              HasSubstr("as-uid"));
  EXPECT_THAT(error_of(kubeconfig("server: https://h", "{username: u, password: p}")),
              HasSubstr("no passwords"));
  EXPECT_THAT(error_of(kubeconfig("{server: https://h, proxy-url: http://p}", "token: t")),
              HasSubstr("proxy-url"));
}

TEST(Kubeconfig, NamesWhatIsMissing) {
  EXPECT_THAT(error_of("kind: Config"), HasSubstr("current-context"));
  EXPECT_THAT(error_of("current-context: x"), HasSubstr("context named x"));
  EXPECT_THAT(error_of("current-context: x\ncontexts: [{name: x, context: {cluster: y}}]"),
              HasSubstr("cluster named y"));
  EXPECT_THAT(error_of(kubeconfig("a: b", "token: t")), HasSubstr("no server"));
  EXPECT_THAT(error_of(kubeconfig("server: [h]", "token: t")), HasSubstr("server is not a text"));
  EXPECT_THAT(error_of("[]"), HasSubstr("not a kubeconfig"));
  EXPECT_THAT(error_of("a: [\nb"), HasSubstr("line"));
  EXPECT_THAT(error_of(kubeconfig("{server: https://h, certificate-authority-data: '*'}", "a: b")),
              HasSubstr("not base64"));
}

}  // namespace
}  // namespace zomg::kubernetes
