// SPDX-License-Identifier: Apache-2.0
//
// The methods of Authorizer that decide a request.

#include <optional>

#include "bindings/python/extension/arguments.h"
#include "bindings/python/extension/authorizer.h"
#include "bindings/python/extension/lock.h"
#include "bindings/python/extension/request.h"
#include "bindings/python/extension/types.h"

namespace doorward::python {
namespace {

// What is to be decided; its texts stand in a workspace.
struct Question {
  Request request;
  Credential credential = Credential::FromHeaders();
  Timestamp now;
};

bool ReadCredential(const ModuleState& state, const Arguments& arguments, Workspace& workspace,
                    Credential* credential) {
  PyObject* const token = arguments.Find(Word::kToken);
  PyObject* const caller = arguments.Find(Word::kCaller);
  if (token != nullptr && caller != nullptr) {
    PyErr_SetString(PyExc_TypeError, "token and caller exclude each other");
    return false;
  }
  if (token != nullptr) {
    std::string_view text;
    if (!KeepText(token, "token", workspace, &text)) return false;
    *credential = Credential::Token(text);
  } else if (caller != nullptr) {
    if (!IsOfType(state, caller, Held::kCaller, "caller")) return false;
    *credential = Credential::KnownCaller(CallerOf(workspace.Keep(Py_NewRef(caller))));
  }
  return true;
}

bool ReadQuestion(const ModuleState& state, const char* function, const FastCall& call,
                  Workspace& workspace, Question* question) {
  const Signature signature = {
      function, {}, kRequestWords | Bits({Word::kToken, Word::kCaller}), kRequestRequired};
  Arguments arguments;
  if (!ReadArguments(state, signature, call, &arguments)) return false;
  const std::optional<Timestamp> now = ReadTime(arguments[Word::kNow]);
  if (!now || !ReadRequest(arguments, workspace, &question->request) ||
      !ReadCredential(state, arguments, workspace, &question->credential)) {
    return false;
  }
  question->now = *now;
  return true;
}

uint64_t MarkOf(const Question& question) noexcept {
  switch (question.credential.kind()) {
    case Credential::Kind::kFromHeaders:
      return SeenTokens::MarkOf(question.request.headers);
    case Credential::Kind::kToken:
      return SeenTokens::MarkOf(question.credential.token());
    case Credential::Kind::kCaller:
      break;
  }
  return SeenTokens::kNone;
}

Decision Decide(AuthorizerParts& parts, const Question& question, Scratch& scratch) {
  const uint64_t mark = MarkOf(question);
  const auto decide = [&] {
    return parts.authorizer.Authorize(question.request, question.credential, question.now, scratch);
  };
  if (parts.seen.Has(mark)) return decide();
  Decision decision(Reason::kInternal, nullptr);
  WithoutLock([&] { decision = decide(); });
  if (parts.remembers_tokens && !decision.issuer().empty()) parts.seen.Add(mark);
  return decision;
}

}  // namespace

PyObject* Authorize(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* keywords) {
  return Guarded([&]() -> PyObject* {
    ModuleState& state = StateOf(self);
    AuthorizerParts& parts = PartsOf(self);
    WorkspaceLoan loan(state.pool);
    Question question;
    if (!ReadQuestion(state, "authorize", {args, count, keywords}, *loan, &question)) {
      return nullptr;
    }
    loan->decision = Decide(parts, question, loan->scratch);
    ++parts.decisions[static_cast<size_t>(loan->decision.reason())];
    return MakeDecision(state, loan);
  });
}

PyObject* ExplainRequest(PyObject* self, PyObject* const* args, Py_ssize_t count,
                         PyObject* keywords) {
  return Guarded([&]() -> PyObject* {
    ModuleState& state = StateOf(self);
    WorkspaceLoan loan(state.pool);
    Question question;
    if (!ReadQuestion(state, "explain", {args, count, keywords}, *loan, &question)) return nullptr;
    Explanation explanation;
    WithoutLock([&] {
      explanation = PartsOf(self).authorizer.Explain(question.request, question.credential,
                                                     question.now, loan->scratch);
    });
    return MakeExplanation(state, explanation);
  });
}

}  // namespace doorward::python
