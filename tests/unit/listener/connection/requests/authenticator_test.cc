#include "listener/connection/requests/authenticator.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "common/base/limits.h"
#include "tests/unit/listener/connection/requests/monitor_double.h"

namespace zomg::connection {
namespace {

class AuthenticatorTest : public testing::Test {
 protected:
  static AuthRequest none() {
    AuthRequest request;
    request.login_name = "demo--box1";
    request.method = "none";
    return request;
  }
  static AuthRequest query() {
    AuthRequest request = none();
    request.method = "publickey";
    request.public_key = true;
    request.algorithm = "ssh-ed25519";
    request.key = "KEY";
    return request;
  }
  static AuthRequest login() {
    AuthRequest request = query();
    request.has_signature = true;
    request.signature = "SIGNATURE";
    request.finding = messages::SignatureFinding::kHold;
    return request;
  }
  void will_answer(auto message) { ASSERT_TRUE(monitor_.channel.send(message)); }

  MonitorDouble monitor_;
  static constexpr unsigned kMaxTries = 6;
  Authenticator authenticator_{monitor_.link, kMaxTries};
};

TEST_F(AuthenticatorTest, WhatTheMonitorDoesNotSeeItIsTold) {
  AuthRequest password = none();
  password.method = "password";
  EXPECT_EQ(authenticator_.answer(none()), AuthAnswer::kFailure);
  EXPECT_TRUE(monitor_.silent()) << "the first `none` is how clients begin";
  EXPECT_EQ(authenticator_.answer(password), AuthAnswer::kFailure);
  EXPECT_EQ(monitor_.receive<messages::Report>().event,
            messages::Event::kAuthenticationRequestRefused);
  authenticator_.count_malformed();
  EXPECT_EQ(monitor_.receive<messages::Report>().event,
            messages::Event::kAuthenticationRequestRefused);
}

TEST_F(AuthenticatorTest, TheMonitorDecides) {
  will_answer(messages::KeyChecked{true});
  EXPECT_EQ(authenticator_.answer(query()), AuthAnswer::kKeyAcceptable);
  EXPECT_EQ(monitor_.receive<messages::CheckKey>().key.value, "KEY");
  will_answer(messages::UserVerified{});
  EXPECT_EQ(authenticator_.answer(login()), AuthAnswer::kFailure);
  EXPECT_EQ(monitor_.receive<messages::VerifyUser>().signature.value, "SIGNATURE");
  EXPECT_FALSE(authenticator_.authenticated());
  will_answer(messages::UserVerified{true, true, 0});
  EXPECT_EQ(authenticator_.answer(login()), AuthAnswer::kSuccess);
  EXPECT_TRUE(authenticator_.authenticated());
}

TEST_F(AuthenticatorTest, ASignatureThatWasNotParsedIsNotEvenAskedAbout) {
  AuthRequest unparsed = login();
  unparsed.finding.reset();
  EXPECT_EQ(authenticator_.answer(unparsed), AuthAnswer::kFailure);
  EXPECT_EQ(monitor_.receive<messages::Report>().event,
            messages::Event::kAuthenticationRequestRefused);
  EXPECT_TRUE(monitor_.silent());
}

TEST_F(AuthenticatorTest, TheMonitorIsToldWhatWasFoundOfTheSignature) {
  AuthRequest wrong = login();
  wrong.finding = messages::SignatureFinding::kAuthorityFalse;
  will_answer(messages::UserVerified{false});
  EXPECT_EQ(authenticator_.answer(wrong), AuthAnswer::kFailure);
  EXPECT_EQ(monitor_.receive<messages::VerifyUser>().finding,
            messages::SignatureFinding::kAuthorityFalse);
}

TEST_F(AuthenticatorTest, OnlyTheFirstNoneIsFree) {
  EXPECT_EQ(authenticator_.answer(none()), AuthAnswer::kFailure);
  for (unsigned i = 0; i < kMaxTries; ++i) {
    EXPECT_FALSE(authenticator_.exhausted());
    EXPECT_EQ(authenticator_.answer(none()), AuthAnswer::kFailure);
  }
  EXPECT_TRUE(authenticator_.exhausted());
}

TEST_F(AuthenticatorTest, QueriesHaveAnEnd) {
  for (unsigned i = 0; i < limits::kMaxKeyQueries; ++i) {
    EXPECT_FALSE(authenticator_.exhausted());
    will_answer(messages::KeyChecked{true});
    authenticator_.answer(query());
  }
  EXPECT_TRUE(authenticator_.exhausted());
}

/// Which would hold it for a breach of the contract. Nor is the client answered, so that it reads why it goes.
TEST_F(AuthenticatorTest, AfterTheLastTryTheMonitorIsNotAsked) {
  for (unsigned i = 0; i < kMaxTries; ++i) {
    will_answer(messages::UserVerified{});
    EXPECT_EQ(authenticator_.answer(login()), AuthAnswer::kFailure);
    monitor_.receive<messages::VerifyUser>();
  }
  EXPECT_TRUE(authenticator_.exhausted());
  EXPECT_EQ(authenticator_.answer(query()), AuthAnswer::kNone);
  EXPECT_EQ(authenticator_.answer(login()), AuthAnswer::kNone);
  EXPECT_TRUE(monitor_.silent());
}

TEST_F(AuthenticatorTest, WithoutAMonitorTheAnswerIsNo) {
  monitor_.channel.close();
  EXPECT_EQ(authenticator_.answer(login()), AuthAnswer::kFailure);
  EXPECT_FALSE(monitor_.link.alive());
}

TEST_F(AuthenticatorTest, AWrongReplyEndsTheTrustInTheMonitor) {
  will_answer(messages::KeyChecked{true});
  EXPECT_EQ(authenticator_.answer(login()), AuthAnswer::kFailure);
  EXPECT_FALSE(monitor_.link.alive());
}

TEST_F(AuthenticatorTest, ATooLongLoginNameIsNoReasonToPartWithTheMonitor) {
  AuthRequest request = query();
  request.login_name.assign(limits::kMaxLoginNameBytes + 1, 'x');
  EXPECT_EQ(authenticator_.answer(request), AuthAnswer::kFailure);
  EXPECT_TRUE(monitor_.link.alive());
}

}  // namespace
}  // namespace zomg::connection
