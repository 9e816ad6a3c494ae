#include "monitor/settings/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <map>

#include "monitor/files/file.h"
#include "monitor/helpers/settings_reader/yaml_mapping.h"
#include "monitor/settings/table.h"

namespace zomg::monitor {
namespace {

/// What zomg-ssh-settings-reader does, in this process.
common::Result<messages::SettingsFile> read_here(const std::string& path) {
  auto text = read_file(path, limits::kMaxSettingsFileBytes);
  if (!text) return text.error();
  return settings_reader::read_yaml_mapping(*text);
}

common::Result<Settings> read(std::map<std::string, std::string> variables) {
  return read_settings(
      [&variables](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
      },
      read_here);
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
      {"ZOMG_SSH_AUDIT_LOG", "audit.log"},
      {"ZOMG_SSH_AUDIT_SFTP", "some"},
      {"ZOMG_SSH_RECORD_DIR", "recordings"},
      {"ZOMG_SSH_RECORD", "none"},
      {"ZOMG_SSH_RECORD_FAIL", "no"},
      {"ZOMG_SSH_RECORD_MAX_MIB", "0"},
      {"ZOMG_SSH_LOG_LEVEL", "loud"},
      {"ZOMG_SSH_CHROOT", "volumes"},
      {"ZOMG_SSH_BOX_USER", "no user"},
      {"ZOMG_SSH_GITHUB_USERS", "octocat,../hubot"},
      {"ZOMG_SSH_GITHUB_URL", "http://github.com"},
      {"ZOMG_SSH_GITHUB_CA", "ca.pem"},
      {"ZOMG_SSH_KEYS_REFRESH_SECS", "0"},
      {"ZOMG_SSH_KEYS_MAX_STALE_SECS", "never"},
      {"ZOMG_SSH_STATE_DIR", "state"},
      {"ZOMG_SSH_CLOSE_REVOKED", "maybe"},
      {"ZOMG_SSH_CRI_SOCKET", std::string(200, '/')},
  };
  for (const auto& [name, value] : bad) {
    const auto settings = read({{name, value}});
    ASSERT_FALSE(settings) << name;
    EXPECT_NE(settings.error().message.find(name), std::string::npos) << settings.error().message;
  }
}

TEST(Settings, RecordAllSessionsOrNoneAtAllUnlessTheySayOtherwise) {
  const auto defaults = read({});
  ASSERT_TRUE(defaults);
  EXPECT_EQ(defaults->record, RecordChoice::kAll);
  EXPECT_EQ(defaults->record_failure, RecordFailure::kClosed);
  EXPECT_FALSE(defaults->audit_sftp);
  const auto others = read({{"ZOMG_SSH_RECORD", "keys"}, {"ZOMG_SSH_RECORD_FAIL", "open"}});
  ASSERT_TRUE(others);
  EXPECT_EQ(others->record, RecordChoice::kKeys);
  EXPECT_EQ(others->record_failure, RecordFailure::kOpen);
}

TEST(Settings, RefuseMalformedAddresses) {
  for (const char* value : {"2222", "::1:2222", "[::1]", "127.0.0.1:70000", "127.0.0.1:", "a,b",
                            "127.0.0.1:22,", "[127.0.0.1:22"}) {
    EXPECT_FALSE(read({{"ZOMG_SSH_LISTEN", value}})) << value;
  }
}

TEST(Settings, ReadWhomSessionsRunAs) {
  using messages::BoxUser;
  using messages::BoxUserKind;
  const std::map<std::string, BoxUser> good{
      {"root", {}},
      {"0", {}},
      {"1000", {BoxUserKind::kUid, 1000, {}}},
      {"4294967294", {BoxUserKind::kUid, 4294967294, {}}},
      {"container", {BoxUserKind::kContainer, 0, {}}},
      {"dev", {BoxUserKind::kName, 0, std::string_view("dev")}},
  };
  for (const auto& [text, user] : good) {
    const auto settings = read({{"ZOMG_SSH_BOX_USER", text}});
    ASSERT_TRUE(settings) << text;
    EXPECT_EQ(settings->box_user, user) << text;
  }
  for (const char* text : {"4294967295", "-dev", "a b", "a:b", "99999999999999999999"}) {
    EXPECT_FALSE(read({{"ZOMG_SSH_BOX_USER", text}})) << text;
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

std::string problem_with(const std::string& file_text) {
  const ConfigFile file(file_text);
  const auto settings = read({{"ZOMG_SSH_CONFIG", file.path()}});
  if (settings) return {};
  const std::string& message = settings.error().message;
  EXPECT_TRUE(message.starts_with(file.path())) << message;
  return message.substr(std::min(message.size(), file.path().size()));
}

TEST(Settings, AnUnknownKeyIsAnsweredWithTheNearest) {
  EXPECT_EQ(problem_with("drain_sec: 5\n"),
            " line 1: no setting is named drain_sec; did you mean drain_secs?");
  EXPECT_EQ(problem_with("\nfrobnicate: 5\n"),
            " line 2: no setting is named frobnicate; `zomg-ssh-gateway --help` lists them");
}

TEST(Settings, AListMayBeASequenceAndNothingElseMay) {
  const ConfigFile file("listen:\n  - 127.0.0.1:2222\n  - '[::1]:22'\n");
  const auto settings = read({{"ZOMG_SSH_CONFIG", file.path()}});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->listen, (std::vector<ListenAddress>{{"127.0.0.1", 2222}, {"::1", 22}}));
  EXPECT_EQ(problem_with("chroot: [/a, /b]\n"), " line 1: chroot: takes one value, not a sequence");
  EXPECT_EQ(problem_with("listen: [[a]]\n"),
            " line 1: listen: an item that is not a single value, or is empty, or has a comma "
            "in it");
  EXPECT_EQ(problem_with("chroot: {a: b}\n"), " line 1: chroot: takes a value, not a mapping");
}

TEST(Settings, AKeyStandsOnce) {
  EXPECT_EQ(problem_with("chroot: /a\nchroot: /b\n"), " line 2: chroot: stands here a second time");
}

TEST(Settings, AnEmptyValueIsNotSet) {
  const ConfigFile file("chroot:\nnamespace: ''\n");
  const auto settings = read({{"ZOMG_SSH_CONFIG", file.path()}, {"ZOMG_SSH_DRAIN_SECS", ""}});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->chroot_directory, "/volumes");
  EXPECT_EQ(settings->drain_time, std::chrono::seconds(300));
}

TEST(Settings, AReportHasEveryProblemAndEveryOrigin) {
  const ConfigFile file("chroot: /from-file\nlisten: nowhere\nchrot: /x\n");
  const std::map<std::string, std::string> variables{{"ZOMG_SSH_CONFIG", file.path()},
                                                     {"ZOMG_SSH_NAMESPACE", "boxes"},
                                                     {"ZOMG_SSH_LOG_LEVEL", "loud"}};
  const SettingsReport report = examine_settings(
      [&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
      },
      read_here);
  EXPECT_EQ(report.problems.size(), 3);
  const auto table = settings_table();
  ASSERT_EQ(report.origins.size(), table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto source = table[i].variable == "ZOMG_SSH_CHROOT"      ? Origin::Source::kFile
                        : table[i].variable == "ZOMG_SSH_NAMESPACE" ? Origin::Source::kEnvironment
                                                                    : Origin::Source::kDefault;
    EXPECT_EQ(report.origins[i].source, source) << table[i].variable;
  }
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
