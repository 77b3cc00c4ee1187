// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "doorward/verifier.h"

#include "bindings/python/extension/docstrings.h"
#include "bindings/python/extension/records.h"
#include "bindings/python/extension/result.h"
#include "bindings/python/extension/types.h"

namespace doorward::python {
namespace {

using W = Workspace;
using S = ModuleState;

PyObject* Bytes(std::string_view octets) {
  return PyBytes_FromStringAndSize(octets.data(), static_cast<Py_ssize_t>(octets.size()));
}

constexpr Field kFields[] = {
    {"claims", nullptr, [](const W& w) { return w.token->claims(); }, doc::VerifiedToken_claims},
    {"header", nullptr, [](const W& w) { return w.token->header(); }, doc::VerifiedToken_header},
    {"payload", [](const S&, const W& w) { return Bytes(w.token->payload()); }, nullptr,
     doc::VerifiedToken_payload},
    {"issuer", [](const S&, const W& w) { return StrOrNone(w.token->issuer()); }, nullptr,
     doc::VerifiedToken_issuer},
    {"subject", [](const S&, const W& w) { return StrOrNone(w.token->subject()); }, nullptr,
     doc::VerifiedToken_subject},
    {"algorithm", [](const S&, const W& w) { return Str(AlgorithmName(w.token->algorithm())); },
     nullptr, doc::VerifiedToken_algorithm},
};

PyObject* Represent(PyObject* self) {
  const Ref issuer(PyObject_GetAttrString(self, "issuer"));
  const Ref subject(PyObject_GetAttrString(self, "subject"));
  if (!issuer || !subject) return nullptr;
  return PyUnicode_FromFormat("<doorward.VerifiedToken of %R by %R>", subject.get(), issuer.get());
}

std::array<PyGetSetDef, std::size(kFields) + 1> getters = GettersOf(kFields);

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>(doc::VerifiedToken)},
    {Py_tp_dealloc, Slot(DeallocateResult)},
    {Py_tp_getset, getters.data()},
    {Py_tp_repr, Slot(Represent)},
    {0, nullptr},
};

}  // namespace

PyType_Spec verified_token_spec = {"doorward.VerifiedToken", sizeof(ResultObject), 0, kMadeHere,
                                   slots};

PyObject* FinishVerification(ModuleState& state, WorkspaceLoan& loan,
                             const VerifyOutcome& outcome) {
  if (!outcome.verified()) return RaiseTokenError(state, outcome);
  loan->token = outcome.token();
  return MakeResult(state, Held::kVerifiedToken, kFields, loan);
}

}  // namespace doorward::python
