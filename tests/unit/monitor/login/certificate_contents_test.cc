// What a certificate says, and whether it logs in by that.

#include <gtest/gtest.h>

#include "tests/unit/monitor/login/user_authenticator_fixture.h"

namespace zomg::monitor {
namespace {

struct Change {
  const char* name;
  void (*make)(TestCertificate& certificate);
  const char* authority_options = "";
  bool enters = false;
};

class CertificateContents : public UserAuthenticatorTest,
                            public testing::WithParamInterface<Change> {};

TEST_P(CertificateContents, DecideWhoEnters) {
  authorize(std::string("cert-authority") + GetParam().authority_options + " " + authority_.line());
  GetParam().make(certificate_);
  const auto login = log_in(key_, certificate_.blob(key_, authority_));
  EXPECT_EQ(login.has_value(), GetParam().enters) << (login ? "" : login.error().message);
}

constexpr auto kUnchanged = [](TestCertificate&) {};

INSTANTIATE_TEST_SUITE_P(
    Table, CertificateContents,
    testing::Values(
        Change{"HostCertificate", [](TestCertificate& c) { c.certified_as = 2; }},
        Change{"UnknownKind", [](TestCertificate& c) { c.certified_as = 3; }},
        Change{"FromNow", [](TestCertificate& c) { c.valid_after = kNow; }, "", true},
        Change{"FromLater", [](TestCertificate& c) { c.valid_after = kNow + 1; }},
        Change{"StillValid", [](TestCertificate& c) { c.valid_before = kNow + 1; }, "", true},
        Change{"Expired", [](TestCertificate& c) { c.valid_before = kNow; }},
        Change{"NoPrincipal", [](TestCertificate& c) { c.principals.clear(); }},
        Change{"OtherPrincipal", [](TestCertificate& c) { c.principals = {"demo--box2"}; }},
        Change{"PrefixOfPrincipal", [](TestCertificate& c) { c.principals = {"demo--box"}; }},
        Change{"PatternAsPrincipal",
               [](TestCertificate& c) {
                 c.principals = {"*", "demo--*"};
               }},
        Change{"SecondPrincipal",
               [](TestCertificate& c) {
                 c.principals = {"x", "demo--box1"};
               },
               "", true},
        Change{
            "MostPrincipals",
            [](TestCertificate& c) { c.principals = std::vector<std::string>(256, "demo--box1"); },
            "", true},
        Change{
            "TooManyPrincipals",
            [](TestCertificate& c) { c.principals = std::vector<std::string>(257, "demo--box1"); }},
        Change{"AuthoritysPrincipal",
               [](TestCertificate& c) {
                 c.principals = {"x", "ops"};
               },
               ",principals=\"dev,ops\"", true},
        Change{"NotTheAuthoritysPrincipal", kUnchanged, ",principals=\"dev,ops\""},
        Change{"NoPrincipalForTheAuthority", [](TestCertificate& c) { c.principals.clear(); },
               ",principals=\"dev,ops\""},
        Change{"AuthorityOfOtherBoxes", kUnchanged, ",boxes=\"other--*\""},
        Change{"AuthorityFromElsewhere", kUnchanged, ",from=\"203.0.113.0/24\""},
        Change{"AuthorityExpired", kUnchanged, ",expiry-time=\"20200101\""},
        Change{"UnknownCriticalOption",
               [](TestCertificate& c) {
                 c.critical_options = {{"frobnicate", ""}};
               }},
        Change{"ExtensionAsCriticalOption",
               [](TestCertificate& c) {
                 c.critical_options = {{"permit-pty", ""}};
               }},
        Change{"UnknownExtension",
               [](TestCertificate& c) {
                 c.extensions = {{"frobnicate", "data"}};
               },
               "", true},
        Change{"CriticalOptionAsExtension",
               [](TestCertificate& c) {
                 c.extensions = {{"source-address", TestCertificate::string_data("203.0.113.1")}};
               },
               "", true},
        Change{"FromHere",
               [](TestCertificate& c) {
                 c.critical_options = {
                     {"source-address", TestCertificate::string_data("::1,192.0.2.0/24")}};
               },
               "", true},
        Change{"FromElsewhere",
               [](TestCertificate& c) {
                 c.critical_options = {
                     {"source-address", TestCertificate::string_data("203.0.113.1")}};
               }},
        Change{"FromAPattern",
               [](TestCertificate& c) {
                 c.critical_options = {{"source-address", TestCertificate::string_data("192.*")}};
               }},
        Change{"FromTwice",
               [](TestCertificate& c) {
                 const auto data = TestCertificate::string_data("192.0.2.1");
                 c.critical_options = {{"source-address", data}, {"source-address", data}};
               }},
        Change{"CommandWithoutAString",
               [](TestCertificate& c) {
                 c.critical_options = {{"force-command", "x"}};
               }},
        Change{"CommandWithMoreThanAString",
               [](TestCertificate& c) {
                 c.critical_options = {{"force-command", TestCertificate::string_data("a") + "x"}};
               }},
        Change{"CommandWithNul",
               [](TestCertificate& c) {
                 c.critical_options = {
                     {"force-command", TestCertificate::string_data(std::string_view("a\0b", 3))}};
               }},
        Change{"CommandTwice",
               [](TestCertificate& c) {
                 const auto data = TestCertificate::string_data("a");
                 c.critical_options = {{"force-command", data}, {"force-command", data}};
               }},
        Change{"CommandThatTheAuthorityForcesToo",
               [](TestCertificate& c) {
                 c.critical_options = {{"force-command", TestCertificate::string_data("a")}};
               },
               ",command=\"a\"", true},
        Change{"CommandThatTheAuthorityDoesNotForce",
               [](TestCertificate& c) {
                 c.critical_options = {{"force-command", TestCertificate::string_data("a")}};
               },
               ",command=\"b\""},
        Change{"DataInAFlag",
               [](TestCertificate& c) {
                 c.critical_options = {{"verify-required", "x"}};
               }},
        Change{"DataInPermitPty",
               [](TestCertificate& c) {
                 c.extensions = {{"permit-pty", "x"}};
               }}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace zomg::monitor
