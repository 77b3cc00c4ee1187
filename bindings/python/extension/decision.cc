// SPDX-License-Identifier: Apache-2.0

#include "doorward/decision.h"

#include <array>

#include "bindings/python/extension/docstrings.h"
#include "bindings/python/extension/result.h"
#include "bindings/python/extension/types.h"

namespace doorward::python {
namespace {

using W = Workspace;
using S = ModuleState;

PyObject* HeaderPair(const Header& header) {
  return TupleOf({Str(header.name), Str(header.value)});
}

constexpr Field kFields[] = {
    {"allowed", [](const S&, const W& w) { return PyBool_FromLong(w.decision.allowed() ? 1 : 0); },
     nullptr, doc::Decision_allowed},
    {"status", [](const S&, const W& w) { return PyLong_FromLong(w.decision.http_status()); },
     nullptr, doc::Decision_status},
    {"reason", [](const S& s, const W& w) { return s.ReasonOf(w.decision.reason()); }, nullptr,
     doc::Decision_reason},
    {"message", [](const S&, const W& w) { return Str(w.decision.Explain()); }, nullptr,
     doc::Decision_message},
    {"rule", [](const S&, const W& w) { return StrOrNone(w.decision.rule_id()); }, nullptr,
     doc::Decision_rule},
    {"report", [](const S&, const W& w) { return TupleFrom(w.decision.report(), Str); }, nullptr,
     doc::Decision_report},
    {"method", [](const S&, const W& w) { return StrOrNone(w.decision.method()); }, nullptr,
     doc::Decision_method},
    {"host", [](const S&, const W& w) { return StrOrNone(w.decision.host()); }, nullptr,
     doc::Decision_host},
    {"path",
     [](const S&, const W& w) { return w.decision.has_path() ? Str(w.decision.path()) : None(); },
     nullptr, doc::Decision_path},
    {"subject", [](const S&, const W& w) { return StrOrNone(w.decision.subject()); }, nullptr,
     doc::Decision_subject},
    {"issuer", [](const S&, const W& w) { return StrOrNone(w.decision.issuer()); }, nullptr,
     doc::Decision_issuer},
    {"claims", nullptr, [](const W& w) { return w.decision.claims(); }, doc::Decision_claims},
    {"roles", [](const S&, const W& w) { return TupleFrom(w.decision.roles(), Str); }, nullptr,
     doc::Decision_roles},
    {"remove_headers",
     [](const S&, const W& w) { return TupleFrom(w.decision.headers_to_remove(), Str); }, nullptr,
     doc::Decision_remove_headers},
    {"set_headers",
     [](const S&, const W& w) { return TupleFrom(w.decision.headers_to_set(), HeaderPair); },
     nullptr, doc::Decision_set_headers},
    {"www_authenticate",
     [](const S&, const W& w) { return StrOrNone(w.decision.www_authenticate()); }, nullptr,
     doc::Decision_www_authenticate},
    {"policy_revision",
     [](const S&, const W& w) { return StrOrNone(w.decision.policy_revision()); }, nullptr,
     doc::Decision_policy_revision},
};

int HasNoTruthValue(PyObject*) {
  PyErr_SetString(PyExc_TypeError, "a Decision has no truth value: ask its `allowed`");
  return -1;
}

PyObject* Represent(PyObject* self) {
  const Ref status(PyObject_GetAttrString(self, "status"));
  const Ref reason(PyObject_GetAttrString(self, "reason"));
  const Ref rule(PyObject_GetAttrString(self, "rule"));
  if (!status || !reason || !rule) return nullptr;
  if (rule.get() == Py_None) {
    return PyUnicode_FromFormat("<doorward.Decision %S %S>", status.get(), reason.get());
  }
  return PyUnicode_FromFormat("<doorward.Decision %S %S by rule %R>", status.get(), reason.get(),
                              rule.get());
}

std::array<PyGetSetDef, std::size(kFields) + 1> getters = GettersOf(kFields);

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>(doc::Decision)},
    {Py_tp_dealloc, Slot(DeallocateResult)},
    {Py_tp_getset, getters.data()},
    {Py_tp_repr, Slot(Represent)},
    {Py_nb_bool, Slot(HasNoTruthValue)},
    {0, nullptr},
};

}  // namespace

PyType_Spec decision_spec = {"doorward.Decision", sizeof(ResultObject), 0, kMadeHere, slots};

PyObject* MakeDecision(ModuleState& state, WorkspaceLoan& loan) {
  return MakeResult(state, Held::kDecision, kFields, loan);
}

}  // namespace doorward::python
