#include "sessiond/kubectl/session_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace zomg::kubectl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const Mark kHeaderMark{"aaaa", "bbbb"};

std::string header(const messages::SessionPlan& plan) {
  return session_header(kHeaderMark, plan, "/volumes", {}, nullptr, nullptr);
}

TEST(Mark, IsAnotherEveryTime) {
  const Mark one = Mark::make();
  EXPECT_NE(one.text(), Mark::make().text());
  EXPECT_NE(one.first, one.second);
  EXPECT_EQ(one.first.size(), 32U);
}

TEST(PrintfEncoded, LeavesNothingThatAShellOrATerminalTakesForItsOwn) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  const std::string encoded = printf_encoded(all);
  EXPECT_EQ(encoded.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789/._=-:,\\"),
            std::string::npos);
  EXPECT_THAT(encoded, AllOf(HasSubstr("\\0000\\0001"), HasSubstr("\\0377")));
}

TEST(SessionHeader, NeverHasTheMarkItself) {
  EXPECT_THAT(header({}), Not(HasSubstr(kHeaderMark.text().substr(1))));
}

TEST(SessionHeader, HasNoLineThatIsTooLongForATerminal) {
  messages::SessionPlan plan;
  plan.kind = messages::SessionKind::kExec;
  plan.command = std::string_view(std::string(limits::kMaxCommandBytes, '"'));
  plan.environment.value.push_back(
      {std::string_view("LANG"),
       std::string_view(std::string(limits::kMaxEnvironmentValueBytes, '\xff'))});
  std::istringstream lines(header(plan));
  std::string line;
  std::size_t bytes = 0;
  while (std::getline(lines, line)) {
    EXPECT_LT(line.size(), 4095U) << line.substr(0, 20);
    bytes += line.size() + 1;
  }
  EXPECT_LT(bytes, static_cast<std::size_t>(limits::kPipeBytes));
}

TEST(SessionHeader, RunsTheForcedCommandInThePlaceOfTheClients) {
  messages::SessionPlan plan;
  plan.kind = messages::SessionKind::kExec;
  plan.command = std::string_view("theirs");
  plan.forced = true;
  plan.forced_command = std::string_view("ours");
  EXPECT_THAT(header(plan),
              AllOf(HasSubstr("\nKexec\n"), HasSubstr("\nCours\n"),
                    HasSubstr("\nESSH_ORIGINAL_COMMAND=theirs\n"), Not(HasSubstr("Ctheirs"))));
  plan.kind = messages::SessionKind::kShell;
  EXPECT_THAT(header(plan), AllOf(HasSubstr("\nKexec\n"), HasSubstr("\nCours\n")));
  plan.kind = messages::SessionKind::kSftp;
  EXPECT_THAT(header(plan), AllOf(HasSubstr("\nKforced-sftp\n"), HasSubstr("\nCours\n")));
}

TEST(SessionHeader, LeavesOutANameThatWouldEndTheShell) {
  messages::SessionPlan plan;
  for (const char* name : {"A.B", "1A", "", "A B", "A;B", "GOOD_1"}) {
    plan.environment.value.push_back({std::string_view(name), std::string_view("v")});
  }
  EXPECT_THAT(header(plan), AllOf(HasSubstr("\nEGOOD_1=v\n"), Not(HasSubstr("1A"))));
  EXPECT_THAT(header(plan), Not(HasSubstr("E=v")));
}

}  // namespace
}  // namespace zomg::kubectl
