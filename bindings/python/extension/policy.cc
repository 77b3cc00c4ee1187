// SPDX-License-Identifier: Apache-2.0

#include "doorward/policy.h"

#include <optional>
#include <string>

#include "bindings/python/extension/arguments.h"
#include "bindings/python/extension/docstrings.h"
#include "bindings/python/extension/lock.h"
#include "bindings/python/extension/records.h"
#include "bindings/python/extension/request.h"
#include "bindings/python/extension/types.h"

namespace doorward::python {
namespace {

std::optional<PolicyFormat> ReadFormat(const char* name) {
  const std::string_view format = name == nullptr ? "" : name;
  if (name == nullptr) return PolicyFormat::kByName;
  if (format == "yaml") return PolicyFormat::kYaml;
  if (format == "json") return PolicyFormat::kJson;
  PyErr_SetString(PyExc_ValueError, "format must be \"yaml\" or \"json\"");
  return std::nullopt;
}

PyObject* LoadText(const ModuleState& state, std::string_view text, std::string_view name,
                   PolicyFormat format) {
  LoadOutcome loaded;
  WithoutLock([&] { loaded = Policy::Load(text, name, format); });
  if (loaded.policy == nullptr) {
    return RaiseLoadError(state, Held::kPolicyError, loaded.diagnostics);
  }
  return MakeLoaded(state, Held::kPolicy, std::move(loaded.policy),
                    MakeDiagnostics(state, loaded.diagnostics));
}

PyObject* Load(PyObject* type, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {"path", "format", nullptr};
  PyObject* path = nullptr;
  const char* format_name = nullptr;
  if (!Parse(args, keywords, "O|$z:load", names, &path, &format_name)) return nullptr;
  const ModuleState& state = StateOf(reinterpret_cast<PyTypeObject*>(type));
  return Guarded([&]() -> PyObject* {
    const std::optional<PolicyFormat> format = ReadFormat(format_name);
    const std::optional<File> file = format ? ReadFile(state, path) : std::nullopt;
    return file ? LoadText(state, file->content.view, file->name.view, *format) : nullptr;
  });
}

PyObject* Loads(PyObject* type, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {"text", "name", "format", nullptr};
  PyObject* text_object = nullptr;
  const char *name = "policy", *format_name = nullptr;
  if (!Parse(args, keywords, "O|$sz:loads", names, &text_object, &name, &format_name)) {
    return nullptr;
  }
  return Guarded([&]() -> PyObject* {
    const std::optional<PolicyFormat> format = ReadFormat(format_name);
    const std::optional<Text> text = format ? ReadText(text_object, "text") : std::nullopt;
    const ModuleState& state = StateOf(reinterpret_cast<PyTypeObject*>(type));
    return text ? LoadText(state, text->view, name, *format) : nullptr;
  });
}

PyObject* Revision(PyObject* self, void*) { return Str(PolicyOf(self)->revision()); }
PyObject* RuleCount(PyObject* self, void*) {
  return PyLong_FromSize_t(PolicyOf(self)->rule_count());
}
PyObject* EndpointCount(PyObject* self, void*) {
  return PyLong_FromSize_t(PolicyOf(self)->endpoint_count());
}
PyObject* RoleCount(PyObject* self, void*) {
  return PyLong_FromSize_t(PolicyOf(self)->role_count());
}

PyObject* Issuers(PyObject* self, void*) {
  const Policy& policy = *PolicyOf(self);
  return Guarded([&] {
    std::vector<IssuerKeys> issuers;
    for (size_t i = 0; i < policy.issuer_count(); ++i) issuers.push_back(policy.issuer_keys(i));
    return TupleFrom(issuers, [&](const IssuerKeys& i) { return MakeIssuer(StateOf(self), i); });
  });
}

PyObject* MakeCaller(const ModuleState& state, Caller caller) {
  auto held = std::make_unique<const Caller>(std::move(caller));
  auto* const object = Make<CallerObject>(state, Held::kCaller);
  if (object == nullptr) return nullptr;
  object->caller = held.release();
  return reinterpret_cast<PyObject*>(object);
}

void DeallocateCaller(PyObject* self) {
  delete reinterpret_cast<CallerObject*>(self)->caller;
  Free(self);
}

PyObject* AnonymousCaller(PyObject* self, PyObject*) {
  return Guarded([&] { return MakeCaller(StateOf(self), PolicyOf(self)->AnonymousCaller()); });
}

PyObject* CallerWithRoles(PyObject* self, PyObject* roles) {
  return Guarded([&]() -> PyObject* {
    const std::optional<std::vector<std::string>> names = ReadTexts(roles, "roles");
    if (!names) return nullptr;
    const std::vector<std::string_view> views(names->begin(), names->end());
    return MakeCaller(StateOf(self), PolicyOf(self)->CallerWithRoles(views));
  });
}

PyObject* CallerWithClaims(PyObject* self, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {"claims", "issuer", nullptr};
  PyObject *claims = nullptr, *issuer_object = Py_None;
  if (!Parse(args, keywords, "O|$O:caller_with_claims", names, &claims, &issuer_object)) {
    return nullptr;
  }
  return Guarded([&]() -> PyObject* {
    const std::optional<Text> json = ReadJson(StateOf(self), claims, "claims");
    if (!json) return nullptr;
    std::optional<Text> issuer;
    if (issuer_object != Py_None && !(issuer = ReadText(issuer_object, "issuer"))) return nullptr;
    std::optional<std::string_view> issuer_view;
    if (issuer) issuer_view = issuer->view;
    std::string error;
    std::optional<Caller> caller =
        PolicyOf(self)->CallerWithClaims(json->view, issuer_view, &error);
    if (!caller) return PyErr_Format(PyExc_ValueError, "%s", error.c_str());
    return MakeCaller(StateOf(self), std::move(*caller));
  });
}

// The arguments of `decide` and `explain`, which stand in a workspace.
struct Question {
  const Caller* caller;
  Request request;
  Timestamp now;
};

std::optional<Question> ReadQuestion(PyObject* self, const char* function, const FastCall& call,
                                     Workspace& workspace) {
  static constexpr Word kPositional[] = {Word::kCaller};
  constexpr unsigned kCallerBit = Bits({Word::kCaller});
  const Signature signature = {function, kPositional, kRequestWords | kCallerBit,
                               kRequestRequired | kCallerBit};
  const ModuleState& state = StateOf(self);
  Arguments arguments;
  Question question;
  if (!ReadArguments(state, signature, call, &arguments)) return std::nullopt;
  PyObject* const caller = arguments[Word::kCaller];
  const std::optional<Timestamp> now = ReadTime(arguments[Word::kNow]);
  if (!now || !IsOfType(state, caller, Held::kCaller, "caller") ||
      !ReadRequest(arguments, workspace, &question.request)) {
    return std::nullopt;
  }
  question.caller = &CallerOf(workspace.Keep(Py_NewRef(caller)));
  question.now = *now;
  return question;
}

PyObject* Decide(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* keywords) {
  return Guarded([&]() -> PyObject* {
    ModuleState& state = StateOf(self);
    WorkspaceLoan loan(state.pool);
    const std::optional<Question> question =
        ReadQuestion(self, "decide", {args, count, keywords}, *loan);
    if (!question) return nullptr;
    loan->Keep(Py_NewRef(self));  // the decision views into its policy
    loan->decision =
        PolicyOf(self)->Decide(*question->caller, question->request, question->now, loan->scratch);
    return MakeDecision(state, loan);
  });
}

PyObject* Explain(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* keywords) {
  return Guarded([&]() -> PyObject* {
    ModuleState& state = StateOf(self);
    WorkspaceLoan loan(state.pool);
    const std::optional<Question> question =
        ReadQuestion(self, "explain", {args, count, keywords}, *loan);
    if (!question) return nullptr;
    return MakeExplanation(state, PolicyOf(self)->Explain(*question->caller, question->request,
                                                          question->now, loan->scratch));
  });
}

PyObject* Represent(PyObject* self) {
  const Ref revision(Revision(self, nullptr));
  if (!revision) return nullptr;
  return PyUnicode_FromFormat("<doorward.Policy %U: %zu rules>", revision.get(),
                              PolicyOf(self)->rule_count());
}

PyMethodDef methods[] = {
    {"load", Method(Load), METH_VARARGS | METH_KEYWORDS | METH_CLASS, doc::Policy_load},
    {"loads", Method(Loads), METH_VARARGS | METH_KEYWORDS | METH_CLASS, doc::Policy_loads},
    {"anonymous_caller", AnonymousCaller, METH_NOARGS, doc::Policy_anonymous_caller},
    {"caller_with_roles", CallerWithRoles, METH_O, doc::Policy_caller_with_roles},
    {"caller_with_claims", Method(CallerWithClaims), METH_VARARGS | METH_KEYWORDS,
     doc::Policy_caller_with_claims},
    {"decide", Method(Decide), METH_FASTCALL | METH_KEYWORDS, doc::Policy_decide},
    {"explain", Method(Explain), METH_FASTCALL | METH_KEYWORDS, doc::Policy_explain},
    {},
};

PyGetSetDef getters[] = {
    {"diagnostics", DiagnosticsOf<Policy>, nullptr, doc::Policy_diagnostics, nullptr},
    {"revision", Revision, nullptr, doc::Policy_revision, nullptr},
    {"rule_count", RuleCount, nullptr, doc::Policy_rule_count, nullptr},
    {"endpoint_count", EndpointCount, nullptr, doc::Policy_endpoint_count, nullptr},
    {"role_count", RoleCount, nullptr, doc::Policy_role_count, nullptr},
    {"issuers", Issuers, nullptr, doc::Policy_issuers, nullptr},
    {},
};

PyType_Slot policy_slots[] = {
    {Py_tp_doc, const_cast<char*>(doc::Policy)},
    {Py_tp_dealloc, Slot(DeallocateLoaded<Policy>)},
    {Py_tp_methods, methods},
    {Py_tp_getset, getters},
    {Py_tp_repr, Slot(Represent)},
    {0, nullptr},
};

PyType_Slot caller_slots[] = {
    {Py_tp_doc, const_cast<char*>(doc::Caller)},
    {Py_tp_dealloc, Slot(DeallocateCaller)},
    {0, nullptr},
};

}  // namespace

PyType_Spec policy_spec = {"doorward.Policy", sizeof(PolicyObject), 0, kMadeHere, policy_slots};
PyType_Spec caller_spec = {"doorward.Caller", sizeof(CallerObject), 0, kMadeHere, caller_slots};

}  // namespace doorward::python
