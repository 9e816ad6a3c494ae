#include "monitor/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <map>

namespace zomg::monitor {
namespace {

common::Result<Settings> read(std::map<std::string, std::string> variables) {
  return read_settings([&variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

/// A YAML file with this text, for as long as the test.
class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text) {
    const int fd = ::mkstemp(path_.data());
    EXPECT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(fd);
  }
  ~ConfigFile() { ::unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = testing::TempDir() + "zomg-config-XXXXXX";
};

TEST(Settings, HaveTheDefaultsOfTheMission) {
  const auto settings = read({});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->listen, (std::vector<ListenAddress>{{"::", 2222}}));
  EXPECT_EQ(settings->host_key_path, "/var/lib/boxes/ssh/host-ed25519");
  EXPECT_EQ(settings->chroot_directory, "/volumes");
}

TEST(Settings, ReadSeveralListenAddresses) {
  const auto settings = read({{"ZOMG_SSH_LISTEN", "127.0.0.1:2222,[::1]:22"}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->listen, (std::vector<ListenAddress>{{"127.0.0.1", 2222}, {"::1", 22}}));
}

TEST(Settings, RefuseABadValueAndNameTheVariable) {
  const std::map<std::string, std::string> bad{
      {"ZOMG_SSH_LISTEN", "localhost:2222"},
      {"ZOMG_SSH_HOST_KEY_PATH", "relative"},
      {"ZOMG_SSH_NAMESPACE", "Not_A_Label"},
      {"ZOMG_SSH_DRAIN_SECS", "soon"},
      {"ZOMG_SSH_LOG_LEVEL", "loud"},
      {"ZOMG_SSH_CHROOT", "volumes"},
      {"ZOMG_SSH_CRI_SOCKET", std::string(200, '/')},
  };
  for (const auto& [name, value] : bad) {
    const auto settings = read({{name, value}});
    ASSERT_FALSE(settings) << name;
    EXPECT_NE(settings.error().message.find(name), std::string::npos) << settings.error().message;
  }
}

TEST(Settings, RefuseMalformedAddresses) {
  for (const char* value : {"2222", "::1:2222", "[::1]", "127.0.0.1:70000", "127.0.0.1:", "a,b",
                            "127.0.0.1:22,", "[127.0.0.1:22"}) {
    EXPECT_FALSE(read({{"ZOMG_SSH_LISTEN", value}})) << value;
  }
}

TEST(Settings, TheEnvironmentWinsOverTheFile) {
  const ConfigFile file("chroot: /from-file\nnamespace: from-file\n");
  const auto settings = read({{"ZOMG_SSH_CONFIG", file.path()}, {"ZOMG_SSH_CHROOT", "/from-env"}});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->chroot_directory, "/from-env");
  EXPECT_EQ(settings->kubernetes_namespace, "from-file");
}

TEST(Settings, AnUnknownKeyIsNamedWithItsLine) {
  const ConfigFile file("chroot: /volumes\nchrot: /volumes\n");
  const auto settings = read({{"ZOMG_SSH_CONFIG", file.path()}});
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().message.find("line 2"), std::string::npos);
  EXPECT_NE(settings.error().message.find("chrot"), std::string::npos);
}

TEST(Settings, ABadValueInTheFileIsNamedWithItsLine) {
  const ConfigFile file("\nlisten: nowhere\n");
  const auto settings = read({{"ZOMG_SSH_CONFIG", file.path()}});
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().message.find("line 2"), std::string::npos);
  EXPECT_NE(settings.error().message.find("listen"), std::string::npos);
}

TEST(Settings, RefuseAFileThatIsNoYamlMappingOrIsMissing) {
  const ConfigFile list("- a\n");
  EXPECT_FALSE(read({{"ZOMG_SSH_CONFIG", list.path()}}));
  const ConfigFile broken("a: [\n");
  EXPECT_FALSE(read({{"ZOMG_SSH_CONFIG", broken.path()}}));
  EXPECT_FALSE(read({{"ZOMG_SSH_CONFIG", "/no/such/file"}}));
}

}  // namespace
}  // namespace zomg::monitor
