#include "monitor/helpers/kubernetes/kubectl_files.h"

#include <gtest/gtest.h>

#include "monitor/helpers/kubernetes/kubeconfig.h"

namespace zomg::kubernetes {
namespace {

Credentials credentials() {
  Credentials made;
  made.server = {"api.example.org", "6443", "/k"};
  made.certificate_authority = "CA";
  made.client_certificate = "CERT";
  made.client_key = "KEY";
  made.token = "a\"b\\c";
  return made;
}

/// What a reader of kubeconfig files makes of it.
Kubeconfig read_back(const Credentials& credentials) {
  const std::string files = kubectl_files(credentials, {"10.0.0.1"});
  return parse_kubeconfig({{"/config", files.substr(files.find('\0') + 1)}}).value();
}

TEST(KubectlFiles, SayTheSameAsTheCredentials) {
  const Kubeconfig config = read_back(credentials());
  EXPECT_EQ(config.server, "https://api.example.org:6443/k");
  EXPECT_EQ(config.certificate_authority.bytes, "CA");
  EXPECT_EQ(config.client_certificate.bytes, "CERT");
  EXPECT_EQ(config.client_key.bytes, "KEY");
  EXPECT_EQ(config.token.bytes, "a\"b\\c");
  EXPECT_FALSE(config.insecure_skip_tls_verify);
}

TEST(KubectlFiles, LeaveTheAuthorityOutWhereNothingIsVerified) {
  Credentials insecure = credentials();
  insecure.insecure_skip_tls_verify = true;
  EXPECT_TRUE(read_back(insecure).insecure_skip_tls_verify);
  EXPECT_EQ(read_back(insecure).certificate_authority.bytes, "");
}

TEST(KubectlFiles, BeginWithTheAddresses) {
  const std::string files = kubectl_files(credentials(), {"10.0.0.1", "fd00::1"});
  EXPECT_EQ(files.substr(0, files.find('\0')),
            "10.0.0.1 api.example.org\nfd00::1 api.example.org\n");
}

}  // namespace
}  // namespace zomg::kubernetes
