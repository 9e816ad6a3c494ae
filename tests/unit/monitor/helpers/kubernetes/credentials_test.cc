#include "monitor/helpers/kubernetes/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/base/log.h"

namespace zomg::kubernetes {
namespace {

using testing::HasSubstr;

class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() { std::filesystem::create_directories(directory_); }
  ~CredentialsTest() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(directory_ + "/" + name) << bytes;
    return directory_ + "/" + name;
  }

  common::Result<Credentials> read() const {
    messages::KubernetesSettings settings;
    settings.service_host = std::string_view("fd00::1");
    settings.service_port = std::string_view("443");
    return read_credentials(settings, directory_);
  }

  common::Result<Credentials> read_config(const std::string& user,
                                          const std::string& before = "") const {
    write("ca", "PEM");
    const std::string path = write(
        "config",
        "{current-context: x, contexts: [{name: x, context: {cluster: c, user: u}}], clusters: "
        "[{name: c, cluster: {server: 'https://h', certificate-authority: ca}}], users: [{name: u, "
        "user: " +
            user + "}]}");
    messages::KubernetesSettings settings;
    settings.kubeconfig = std::string_view(before + path);
    settings.strict_modes = strict_;
    settings.uid = settings.gid = 65534;
    return read_credentials(settings, directory_);
  }

  bool strict_ = false;
  std::string directory_ = testing::TempDir() + "credentials-test-" + std::to_string(::getpid());
};

TEST_F(CredentialsTest, ReadsTheServiceAccount) {
  write("token", "abc.def\n");
  write("ca.crt", "PEM");
  write("namespace", "zomg");
  const auto read_now = read();
  ASSERT_TRUE(read_now) << read_now.error().message;
  EXPECT_EQ(read_now->server.text(), "https://[fd00::1]:443");
  EXPECT_EQ(read_now->token, "abc.def");
  EXPECT_EQ(read_now->certificate_authority, "PEM");
  EXPECT_EQ(read_now->kubernetes_namespace, "zomg");
}

TEST_F(CredentialsTest, NamesTheFileThatIsMissing) {
  write("token", "t");
  EXPECT_THAT(read().error().message, HasSubstr("ca.crt"));
}

TEST_F(CredentialsTest, ReadsTheFilesOfAKubeconfig) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  write("tok", "secret\n");
  const auto read_now = read_config("{tokenFile: tok}");
  ASSERT_TRUE(read_now) << read_now.error().message;
  EXPECT_EQ(read_now->token, "secret");
  EXPECT_EQ(read_now->files.size(), 3U);
}

TEST_F(CredentialsTest, WantsSomethingToLogInWith) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  EXPECT_THAT(read_config("{}").error().message, HasSubstr("neither a token nor"));
  write("cert", "C");
  EXPECT_THAT(read_config("{client-certificate: cert}").error().message,
              HasSubstr("needs a client-key"));
}

TEST_F(CredentialsTest, TakesBlanksOffTheToken) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  write("tok", " \tsecret \r\n\n");
  const auto read_now = read_config("{tokenFile: tok}");
  ASSERT_TRUE(read_now) << read_now.error().message;
  EXPECT_EQ(read_now->token, "secret");
}

TEST_F(CredentialsTest, ATokenStandsInForAFileOfOneThatIsNotThere) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  auto read_now = read_config("{tokenFile: tok, token: old}");
  ASSERT_TRUE(read_now) << read_now.error().message;
  EXPECT_EQ(read_now->token, "old");
  write("tok", "new");
  read_now = read_config("{tokenFile: tok, token: old}");
  ASSERT_TRUE(read_now) << read_now.error().message;
  EXPECT_EQ(read_now->token, "new");
}

TEST_F(CredentialsTest, ATokenDoesNotStandInForAFileThatOthersCanWrite) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  strict_ = true;
  std::filesystem::permissions(write("tok", "theirs"), std::filesystem::perms(0666));
  EXPECT_THAT(read_config("{tokenFile: tok, token: t}").error().message,
              HasSubstr("others than root can write"));
}

TEST_F(CredentialsTest, ReadsAListOfKubeconfigs) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const std::string first = write("first", "{users: [{name: u, user: {token: one}}]}");
  const auto read_now = read_config("{token: two}", directory_ + "/gone::" + first + ":");
  ASSERT_TRUE(read_now) << read_now.error().message;
  EXPECT_EQ(read_now->token, "one");
  // That which is gone is looked for later, too.
  EXPECT_THAT(read_now->files, testing::Contains(directory_ + "/gone"));
}

TEST_F(CredentialsTest, RefusesAMissingKubeconfigThatOthersCouldMake) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  strict_ = true;
  // The directory of tests is everybody's.
  std::filesystem::remove_all(directory_);
  directory_ = "/run/zomg-credentials-test-" + std::to_string(::getpid());
  std::filesystem::create_directories(directory_ + "/others");
  const auto before = [this](const std::string& name) {
    return directory_ + "/others/" + name + ":";
  };
  const auto safe = read_config("{token: t}", before("missing") + before("nowhere/missing"));
  EXPECT_TRUE(safe) << safe.error().message;
  std::filesystem::permissions(directory_ + "/others", std::filesystem::perms::all);
  std::filesystem::create_symlink("others/missing", directory_ + "/link");
  for (const std::string& list :
       {before("missing"), before("nowhere/missing"), directory_ + "/link:"}) {
    const auto read_now = read_config("{token: t}", list);
    ASSERT_FALSE(read_now) << list;
    EXPECT_THAT(read_now.error().message, HasSubstr("others than root can write")) << list;
  }
}

TEST_F(CredentialsTest, NamesAMissingKubeconfig) {
  messages::KubernetesSettings settings;
  settings.kubeconfig = std::string_view("/no/such:/nor/such");
  EXPECT_THAT(read_credentials(settings, directory_).error().message, HasSubstr("/nor/such"));
}

TEST_F(CredentialsTest, RefusesATokenThatWouldMakeAHeaderOfItsOwn) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  write("tok", "secret\r\nX-Remote-User: admin");
  const auto refused = read_config("{tokenFile: tok}");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
}

TEST_F(CredentialsTest, LogsWhatIsWrongWithAKubeconfigWithoutItsText) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  log::start("test", log::Level::kInfo);
  testing::internal::CaptureStderr();
  const auto refused = read_config("{exec: {command: s3cret}}");
  const std::string said = testing::internal::GetCapturedStderr();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("config: it could not be read"));
  EXPECT_THAT(said, HasSubstr("user: exec is not supported"));
  EXPECT_THAT(said, testing::Not(HasSubstr("s3cret")));
}

TEST_F(CredentialsTest, SeesThatAFileWasReplaced) {
  const std::string path = write("token", "one");
  const FileWatch watch({path});
  EXPECT_FALSE(watch.changed());
  // As the kubelet does it: another file takes the name.
  std::filesystem::rename(write("new", "two"), path);
  EXPECT_TRUE(watch.changed());
}

TEST_F(CredentialsTest, SeesThatAFileHasComeIntoBeing) {
  const FileWatch watch({directory_ + "/token"});
  EXPECT_FALSE(watch.changed());
  write("token", "one");
  EXPECT_TRUE(watch.changed());
}

TEST_F(CredentialsTest, AFileThatCannotBeSeenHasNotChanged) {
  const std::string path = write("token", "one");
  const FileWatch watch({path});
  std::filesystem::remove(path);
  EXPECT_FALSE(watch.changed());
}

TEST_F(CredentialsTest, WatchesDirectoriesButNotTheWholeFileSystem) {
  EXPECT_EQ(FileWatch({"/a/b", "/a/c", "/d", "/e/f/g"}).directories(),
            (std::vector<std::string>{"/a", "/e/f"}));
}

}  // namespace
}  // namespace zomg::kubernetes
