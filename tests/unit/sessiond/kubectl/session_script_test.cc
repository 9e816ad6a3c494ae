// session.sh by the shells that images have, without a container: its root is that of this machine.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "common/base/child.h"
#include "sessiond/kubectl/kubectl_process.h"
#include "sessiond/kubectl/output_filter.h"
#include "sessiond/kubectl/session_header.h"

namespace zomg::kubectl {
namespace {

struct Outcome {
  std::string output;
  std::string errors;
  std::optional<int> status;
  std::string reason;
  bool closed = false;
  bool held = false;
  std::string leader;
  bool waited = false;  ///< for remote_signal.sh
};

/// The shells that stand for /bin/sh, those of them that are here.
std::vector<std::vector<std::string>> shells() {
  std::vector<std::vector<std::string>> found;
  for (const std::vector<std::string>& shell :
       {std::vector<std::string>{"/bin/dash"}, {"/bin/bash", "--posix"}, {"/bin/busybox", "sh"}}) {
    if (::access(shell[0].c_str(), X_OK) == 0) found.push_back(shell);
  }
  return found;
}

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Whom the session is to be, and as whom and with which programs the container runs.
struct Users {
  messages::BoxUser wanted;
  std::string container;  ///< a prefix of the command, such as setpriv
};

/// Runs a command by session.sh with `shell` as /bin/sh. Its input ends with the client's: then
/// session.sh waits for another to end it, by a sleep, which takes no time here.
Outcome run(std::vector<std::string> shell, const messages::SessionPlan& plan,
            const std::string& input = "", const std::string& root = "/", const Users& users = {},
            bool has_input = true, bool has_setsid = true) {
  const std::string base = testing::TempDir() + "session-script-" + std::to_string(::getpid());
  const Mark mark = Mark::make();
  std::ofstream(base + ".in", std::ios::binary)
      << session_input(session_header(mark, plan, root, users.wanted, nullptr, nullptr))
      << (has_input ? kInputFollows : kNoInput) << input
      << (has_input ? "" : "\n" + mark.plain() + "\n");
  std::filesystem::create_directory(base + ".bin");
  std::ofstream(base + ".bin/sleep") << "#!/bin/sh\n"
                                        "if [ \"$1\" = 600 ]; then echo slept >&3; exit; fi\n"
                                        "exec /bin/sleep \"$@\"\n";
  std::filesystem::permissions(base + ".bin/sleep", std::filesystem::perms::all);
  auto child = common::fork_child().value();
  if (!child) {
    ::setsid();  // as runc's and crun's exec do: the leader is a process that is seen here
    // A pipe, not the file: what one reader leaves in it, the next finds.
    const std::string command = "cat '" + base + ".in' | { ";
    shell.emplace_back("-c");
    shell.push_back(session_arguments({}, "id", false).back());
    if (!has_setsid) {
      shell.back().insert(0,
                          "command() { [ \"$2\" != setsid ] && builtin_command \"$@\"; }\n"
                          "builtin_command() { unset -f command; command \"$@\"; }\n");
    }
    std::string words;
    for (const std::string& word : shell) {
      std::string quoted;
      for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
      words += "'" + quoted + "' ";
    }
    const std::string no_sleep = "PATH=" + base + ".bin:$PATH; ";
    const std::string all = no_sleep + command + users.container + " " + words + ">'" + base +
                            ".out' 2>'" + base + ".err' 3>'" + base + ".wait'; }";
    ::execl("/bin/sh", "sh", "-c", all.c_str(), nullptr);
    ::_exit(127);
  }
  EXPECT_EQ(child.wait().value().exit_code, 0);
  OutputFilter filter(mark.text(), OutputFilter::Stream::kError);
  OutputFilter output(mark.text(), OutputFilter::Stream::kOutput);
  Outcome outcome;
  outcome.output = output.take(read_all(base + ".out")) + output.finish();
  outcome.closed = output.closed();

  outcome.errors = filter.take(read_all(base + ".err"));
  outcome.errors += filter.finish();
  outcome.status = filter.status();
  outcome.reason = filter.reason();
  outcome.held = filter.held();
  outcome.leader = filter.leader() + " " + filter.leader_started();
  outcome.waited = read_all(base + ".wait") == "slept\n";
  for (const char* end : {".in", ".out", ".err", ".wait", ".bin"}) {
    std::filesystem::remove_all(base + end);
  }
  return outcome;
}

messages::SessionPlan command(std::string_view text) {
  messages::SessionPlan plan;
  plan.kind = messages::SessionKind::kExec;
  plan.command = text;
  return plan;
}

TEST(SessionScript, TellsTheStatusOfTheCommand) {
  for (const auto& shell : shells()) {
    for (const int status : {0, 1, 42, 127, 255}) {
      EXPECT_EQ(run(shell, command(fmt::format("exit {}", status))).status.value_or(-1), status);
    }
    EXPECT_EQ(run(shell, command("kill -KILL $$")).status.value_or(-1), 137);
  }
}

TEST(SessionScript, KeepsTheStreamsApartAndAddsNothing) {
  for (const auto& shell : shells()) {
    const auto done = run(shell, command("echo out; echo err >&2; cat"), "input\n");
    EXPECT_EQ(done.output, "out\ninput\n") << shell[0];
    EXPECT_EQ(done.errors, "err\n") << shell[0];
  }
}

TEST(SessionScript, PassesEveryByteOfACommandAndOfInput) {
  std::string bytes;
  for (int i = 1; i < 256; ++i) bytes += static_cast<char>(i);
  std::string quoted;
  for (const char c : bytes) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  std::string input = bytes;
  input += '\0';
  for (const auto& shell : shells()) {
    const auto done = run(shell, command("printf %s '" + quoted + "'; cat"), input);
    EXPECT_EQ(done.output, bytes + input) << shell[0];
    EXPECT_EQ(done.status.value_or(-1), 0);
  }
}

TEST(SessionScript, TakesALongCommand) {
  const std::string text = "printf %s '" + std::string(100'000, '"') + "' | wc -c";
  for (const auto& shell : shells()) {
    EXPECT_EQ(run(shell, command(text)).output, "100000\n") << shell[0];
  }
}

TEST(SessionScript, SetsTheVariablesInTheProgramOnly) {
  messages::SessionPlan plan = command("echo \"$LANG|$HOME|${zomg_ssh_mark-}${OLDPWD-}\"; pwd");
  plan.environment.value.push_back({std::string_view("LANG"), std::string_view("a b\n$(c)`d`'\\")});
  for (const auto& shell : shells()) {
    const auto done = run(shell, plan);
    EXPECT_EQ(done.output.substr(0, done.output.find('|')), "a b\n$(c)`d`'\\") << shell[0];
    // Neither a variable of the script, nor a place where it has been.
    EXPECT_NE(done.output.find("|\n/"), std::string::npos) << done.output;
  }
}

TEST(SessionScript, RunsTheForcedCommand) {
  messages::SessionPlan plan = command("echo theirs");
  plan.forced = true;
  plan.forced_command = std::string_view("echo \"ours, not $SSH_ORIGINAL_COMMAND\"");
  for (const auto& shell : shells()) {
    EXPECT_EQ(run(shell, plan).output, "ours, not echo theirs\n") << shell[0];
  }
}

TEST(SessionScript, SaysWhenAllHasBeenWritten) {
  for (const auto& shell : shells()) {
    const auto done = run(shell, command("printf 'no line end'"));
    EXPECT_EQ(done.output, "no line end") << shell[0];
    EXPECT_TRUE(done.closed) << shell[0];
    EXPECT_FALSE(done.held) << shell[0];
  }
}

TEST(SessionScript, SaysThatSomebodyHoldsAnOutput) {
  // The shell in the background has them itself until it comes to the redirections.
  const std::string detached =
      "sleep 2 >/dev/null 2>&1 & "
      "while [ -d /proc/$! ] && [ \"$(readlink /proc/$!/fd/2)\" != /dev/null ]; do :; done";
  for (const auto& shell : shells()) {
    EXPECT_TRUE(run(shell, command("sleep 2 & true")).held) << shell[0];
    EXPECT_FALSE(run(shell, command(detached)).held) << shell[0];
  }
}

TEST(SessionScript, TellsWhoLeadsTheSession) {
  for (const auto& shell : shells()) {
    const auto done =
        run(shell, command("read -r l </proc/$$/stat; set -- ${l##*) }; [ $4 = $$ ] && "
                           "shift 19 && echo $$ $1"));
    EXPECT_EQ(done.output, done.leader + "\n") << shell[0];
  }
}

TEST(SessionScript, TellsWhoLeadsTheSessionThatItCannotLeave) {
  // As where the container has no setsid(1): the variable is the script's own, which finds none then.
  messages::SessionPlan plan = command(
      "read -r l </proc/$$/stat; set -- ${l##*) }; [ $4 != $$ ]; s=$4; "
      "read -r l </proc/$s/stat; set -- ${l##*) }; shift 19; "
      "echo $s $1");
  for (const auto& shell : shells()) {
    const auto done = run(shell, plan, "", "/", {}, true, false);
    EXPECT_EQ(done.output, done.leader + "\n") << shell[0];
  }
}

TEST(SessionScript, WaitsForTheGatewayOnTheInputThatTheClientNeverHad) {
  for (const auto& shell : shells()) {
    const auto done = run(shell, command("cat; [ -p /proc/self/fd/0 ]"), "", "/", {}, false);
    EXPECT_EQ(done.status.value_or(-1), 0) << shell[0];
    EXPECT_EQ(done.output, "") << shell[0];
    EXPECT_FALSE(done.waited) << shell[0];
  }
}

TEST(SessionScript, WaitsForAnErrandWhereTheClientEndedTheInput) {
  for (const auto& shell : shells()) {
    EXPECT_TRUE(run(shell, command("cat"), "input").waited) << shell[0];
    EXPECT_TRUE(run(shell, command("true"), std::string(200'000, '\n')).waited) << shell[0];
    EXPECT_FALSE(run(shell, command("sleep 2 & true")).waited) << shell[0];
  }
}

TEST(SessionScript, SaysWhatIsMissing) {
  for (const auto& shell : shells()) {
    EXPECT_EQ(run(shell, command("true"), "", "/nonexistent").reason, "root") << shell[0];
    EXPECT_EQ(run(shell, command("true"), "", testing::TempDir()).reason, "shell") << shell[0];
    const std::string link = testing::TempDir() + "link-" + std::to_string(::getpid());
    ASSERT_EQ(::symlink("/", link.c_str()), 0);
    EXPECT_EQ(run(shell, command("true"), "", link).reason, "root") << shell[0];
    ::unlink(link.c_str());
  }
}

class SessionUser : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "a container that runs as root";
  }

  /// The uid, all groups, and the variables of a session.
  static Outcome ask(const std::vector<std::string>& shell, const Users& users) {
    return run(shell, command("id -u; id -ru; id -G; echo $USER $HOME"), "", "/", users);
  }
  static messages::BoxUser uid(std::uint32_t number) {
    return {messages::BoxUserKind::kUid, number, {}};
  }
  static messages::BoxUser named(std::string_view name) {
    return {messages::BoxUserKind::kName, 0, name};
  }
  /// A prefix: a container that has the user `tester`.
  static std::string with_tester() {
    const std::string passwd = testing::TempDir() + "passwd-" + std::to_string(::getpid());
    std::ofstream(passwd) << read_all("/etc/passwd") << "tester:*:4711:4712::/tmp:/bin/sh\n";
    return "unshare -m sh -c 'mount --bind " + passwd + " /etc/passwd && exec \"$@\"' sh ";
  }
  /// A prefix: one that has the tools that a session needs anyway, and `more`.
  static std::string only(const std::vector<std::string>& more) {
    const std::string directory = testing::TempDir() + "tools-" + std::to_string(::getpid());
    std::filesystem::remove_all(directory);
    std::filesystem::create_directory(directory);
    std::vector<std::string> tools{"/usr/bin/id", "/usr/bin/sh", "/usr/bin/cat", "/usr/bin/setsid"};
    tools.insert(tools.end(), more.begin(), more.end());
    for (const std::string& tool : tools) {
      std::filesystem::create_symlink(tool, directory + "/" + tool.substr(tool.rfind('/') + 1));
    }
    return "env PATH=" + directory;
  }
};

TEST_F(SessionUser, IsTheOneThatItHasToBe) {
  for (const auto& shell : shells()) {
    EXPECT_EQ(ask(shell, {uid(0), {}}).output.substr(0, 4), "0\n0\n") << shell[0];
    EXPECT_EQ(ask(shell, {uid(12345), "env HOME=/workspace "}).output,
              "12345\n12345\n0\n12345 /workspace\n")
        << shell[0];
    for (const auto& tester : {uid(4711), named("tester")}) {
      EXPECT_EQ(ask(shell, {tester, with_tester()}).output, "4711\n4711\n4712\ntester /tmp\n")
          << shell[0];
    }
  }
}

TEST_F(SessionUser, IsReachedByWhicheverProgramThereIs) {
  for (const auto& shell : shells()) {
    for (const char* tool : {"/usr/bin/setpriv", "/usr/sbin/chroot", "/usr/bin/su"}) {
      const auto done = ask(shell, {named("tester"), with_tester() + only({tool})});
      EXPECT_EQ(done.output, "4711\n4711\n4712\ntester /tmp\n") << shell[0] << tool << done.reason;
    }
  }
}

TEST_F(SessionUser, IsRefusedWhereItCannotBeHad) {
  const std::string other = "setpriv --reuid 4711 --regid 4711 --clear-groups";
  for (const auto& shell : shells()) {
    EXPECT_EQ(ask(shell, {uid(12345), only({})}).reason, "user") << shell[0];
    EXPECT_EQ(ask(shell, {named("tester"), with_tester() + only({})}).reason, "user") << shell[0];
    EXPECT_EQ(ask(shell, {named("no-such-user"), {}}).reason, "no-user") << shell[0];
    EXPECT_EQ(ask(shell, {uid(12345), other}).reason, "user") << shell[0];
  }
}

TEST_F(SessionUser, IsNotWhomAProgramOnlyPretendsToMakeIt) {
  // setpriv that leaves all as it is: what counts is what was reached.
  const std::string directory = testing::TempDir() + "pretend-" + std::to_string(::getpid());
  std::filesystem::create_directory(directory);
  std::ofstream(directory + "/setpriv")
      << "#!/bin/sh\nwhile case $1 in -*) : ;; [0-9]*) : ;; *) false ;; esac; do shift; done\n"
      << "exec \"$@\"\n";
  std::filesystem::permissions(directory + "/setpriv", std::filesystem::perms::all);
  for (const auto& shell : shells()) {
    EXPECT_EQ(ask(shell, {uid(12345), only({directory + "/setpriv"})}).reason, "user") << shell[0];
  }
  std::filesystem::remove_all(directory);
}

TEST_F(SessionUser, IsTheContainersWhereThatIsLessThanRoot) {
  const std::string other = "setpriv --reuid 4711 --regid 4711 --clear-groups";
  for (const auto& shell : shells()) {
    for (const auto& wanted :
         {uid(0), uid(4711), named("tester"), {messages::BoxUserKind::kContainer, 0, {}}}) {
      EXPECT_EQ(ask(shell, {wanted, with_tester() + other}).output.substr(0, 10), "4711\n4711\n")
          << shell[0];
    }
  }
}

TEST(SessionScript, DoesNothingWithHalfAHeader) {
  const std::string header =
      session_header(Mark::make(), command("echo ran"), "/", {}, nullptr, nullptr);
  const std::string path = testing::TempDir() + "half-" + std::to_string(::getpid());
  std::ofstream(path) << session_input(header.substr(0, header.size() - 2));
  const std::string script = session_arguments({}, "id", false).back();
  auto child = common::fork_child().value();
  if (!child) {
    if (std::freopen(path.c_str(), "r", stdin) == nullptr) ::_exit(1);
    if (std::freopen((path + ".out").c_str(), "w", stdout) == nullptr) ::_exit(1);
    ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
    ::_exit(127);
  }
  EXPECT_EQ(child.wait().value().exit_code, 0);
  EXPECT_EQ(read_all(path + ".out"), "");
  std::remove(path.c_str());
  std::remove((path + ".out").c_str());
}

}  // namespace
}  // namespace zomg::kubectl
