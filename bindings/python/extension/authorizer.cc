// SPDX-License-Identifier: Apache-2.0

#include "bindings/python/extension/authorizer.h"

#include <optional>

#include "bindings/python/extension/arguments.h"
#include "bindings/python/extension/docstrings.h"
#include "bindings/python/extension/lock.h"
#include "bindings/python/extension/records.h"
#include "bindings/python/extension/types.h"

namespace doorward::python {
namespace {

// The arguments of Authorizer() as they come.
struct Options {
  PyObject *policy = Py_None, *function = Py_None;
  Py_ssize_t max_revocations = 100'000, max_token_bytes = 16 * 1024;
  Py_ssize_t token_cache_entries = 4096, token_cache_bytes = 16 * 1024 * 1024;
  AccelerationArguments acceleration;
};

bool ParseOptions(PyObject* args, PyObject* keywords, Options* o) {
  static const char* const names[] = {
      "policy",           "on_decision",         "max_revocations",
      "max_token_bytes",  "token_cache_entries", "token_cache_bytes",
      "es256_tables",     "ed25519_tables",      "ed25519_libsodium",
      "max_es256_tables", "max_ed25519_tables",  nullptr};
  AccelerationArguments& faster = o->acceleration;
  return Parse(args, keywords, "|O$Onnnnpppnn:Authorizer", names, &o->policy, &o->function,
               &o->max_revocations, &o->max_token_bytes, &o->token_cache_entries,
               &o->token_cache_bytes, &faster.es256_tables, &faster.ed25519_tables,
               &faster.ed25519_libsodium, &faster.max_es256_tables, &faster.max_ed25519_tables);
}

std::optional<AuthorizerOptions> ReadOptions(const Options& o) {
  const auto max_revocations = ReadSize(o.max_revocations, "max_revocations");
  if (!max_revocations) return std::nullopt;
  const auto max_token_bytes = ReadSize(o.max_token_bytes, "max_token_bytes");
  if (!max_token_bytes) return std::nullopt;
  const auto cache_entries = ReadSize(o.token_cache_entries, "token_cache_entries");
  if (!cache_entries) return std::nullopt;
  const auto cache_bytes = ReadSize(o.token_cache_bytes, "token_cache_bytes");
  if (!cache_bytes) return std::nullopt;
  const auto acceleration = ReadAcceleration(o.acceleration);
  if (!acceleration) return std::nullopt;
  return AuthorizerOptions{
      .max_revocations = *max_revocations,
      .max_token_bytes = *max_token_bytes,
      .token_cache = {.max_entries = *cache_entries, .max_bytes = *cache_bytes},
      .acceleration = *acceleration};
}

// False: a TypeError is set.
bool ReadPolicy(const ModuleState& state, PyObject* object, std::shared_ptr<const Policy>* policy) {
  if (object == Py_None) return true;
  if (!IsOfType(state, object, Held::kPolicy, "policy")) return false;
  *policy = PolicyOf(object);
  return true;
}

PyObject* MakeAuthorizer(PyTypeObject* type, const Options& given) {
  const ModuleState& state = StateOf(type);
  std::shared_ptr<const Policy> policy;
  std::optional<AuthorizerOptions> options = ReadOptions(given);
  if (!options || !ReadPolicy(state, given.policy, &policy)) return nullptr;
  const bool has_function = given.function != Py_None;
  if (has_function && PyCallable_Check(given.function) == 0) {
    PyErr_SetString(PyExc_TypeError, "on_decision must be callable");
    return nullptr;
  }
  std::shared_ptr<AuditFunction> audit;
  if (has_function) audit = std::make_shared<AuditFunction>(state);
  options->audit_sink = audit;
  auto parts = std::make_unique<AuthorizerParts>(std::move(policy), std::move(*options), audit);
  PyObject* const made = PyType_GenericAlloc(type, 0);
  if (made == nullptr) return nullptr;
  auto* const object = reinterpret_cast<AuthorizerObject*>(made);
  object->parts = parts.release();
  object->policy = Py_NewRef(given.policy);
  object->function = has_function ? Py_NewRef(given.function) : nullptr;
  if (has_function) audit->Set(object->function);
  return made;
}

PyObject* New(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  Options given;
  if (!ParseOptions(args, keywords, &given)) return nullptr;
  return Guarded([&] { return MakeAuthorizer(type, given); });
}

// The function may refer to what refers to the authorizer.
int Traverse(PyObject* self, visitproc visit, void* arg) {
  const auto* const object = reinterpret_cast<AuthorizerObject*>(self);
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(object->policy);
  Py_VISIT(object->function);
  return 0;
}

int Clear(PyObject* self) {
  auto* const object = reinterpret_cast<AuthorizerObject*>(self);
  if (object->parts != nullptr && object->parts->audit != nullptr) {
    object->parts->audit->Set(nullptr);
  }
  Py_CLEAR(object->function);
  return 0;
}

void Deallocate(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  Clear(self);
  auto* const object = reinterpret_cast<AuthorizerObject*>(self);
  StateOf(type).pool.DropFree();  // which hold on to what it decided by
  delete object->parts;
  Py_XDECREF(object->policy);
  PyObject_GC_Del(self);
  Py_DECREF(type);
}

// What was remembered of policy and keys that were replaced is of no use.
void ForgetFormer(PyObject* self) noexcept {
  PartsOf(self).seen.Clear();
  StateOf(self).pool.DropFree();
}

PyObject* GetPolicy(PyObject* self, void*) {
  return Py_NewRef(reinterpret_cast<AuthorizerObject*>(self)->policy);
}

// Keeps the lock, so that `policy` is what is in force.
PyObject* SetPolicy(PyObject* self, PyObject* policy_object) {
  auto* const object = reinterpret_cast<AuthorizerObject*>(self);
  std::shared_ptr<const Policy> policy;
  if (!ReadPolicy(StateOf(self), policy_object, &policy)) return nullptr;
  return Guarded([&] {
    object->parts->authorizer.SetPolicy(std::move(policy));
    const Ref former(std::exchange(object->policy, Py_NewRef(policy_object)));
    ForgetFormer(self);
    return None();
  });
}

// Hands in keys that are ready, or none. The warning that no issuer of the policy is meant comes
// from handing in an empty text, which changes nothing.
std::vector<Diagnostic> SetReadyKeys(Authorizer& authorizer, std::string_view issuer,
                                     std::shared_ptr<const KeySet> keys) {
  authorizer.SetKeys(issuer, std::move(keys));
  std::vector<Diagnostic> diagnostics = authorizer.SetKeys(issuer, "");
  std::erase_if(diagnostics, [](const Diagnostic& d) { return d.severity == Severity::kError; });
  return diagnostics;
}

PyObject* SetKeys(PyObject* self, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {"issuer", "keys", "origin", nullptr};
  PyObject *issuer_object = nullptr, *keys_object = nullptr;
  const char* origin_name = "remote";
  if (!Parse(args, keywords, "OO|$s:set_keys", names, &issuer_object, &keys_object, &origin_name)) {
    return nullptr;
  }
  return Guarded([&]() -> PyObject* {
    const ModuleState& state = StateOf(self);
    Authorizer& authorizer = PartsOf(self).authorizer;
    const std::optional<KeyOrigin> origin = ReadOrigin(origin_name);
    const std::optional<Text> issuer = origin ? ReadText(issuer_object, "issuer") : std::nullopt;
    if (!issuer) return nullptr;
    std::vector<Diagnostic> diagnostics;
    const bool is_key_set = Py_TYPE(keys_object) == state.type(Held::kKeySet);
    if (is_key_set || keys_object == Py_None) {
      diagnostics =
          SetReadyKeys(authorizer, issuer->view, is_key_set ? KeySetOf(keys_object) : nullptr);
    } else {
      const std::optional<Text> jwks = ReadJson(state, keys_object, "keys");
      if (!jwks) return nullptr;
      WithoutLock([&] { diagnostics = authorizer.SetKeys(issuer->view, jwks->view, *origin); });
    }
    if (HasErrors(diagnostics)) return RaiseLoadError(state, Held::kKeySetError, diagnostics);
    ForgetFormer(self);
    return MakeDiagnostics(state, diagnostics);
  });
}

PyObject* PrepareKeys(PyObject* self, PyObject*) {
  return Guarded([&] {
    KeyPreparation preparation;
    WithoutLock([&] { preparation = PartsOf(self).authorizer.PrepareKeys(); });
    return MakeKeyPreparation(StateOf(self), preparation);
  });
}

PyObject* Verify(PyObject* self, PyObject* args, PyObject* keywords) {
  return VerifyToken(self, args, keywords, PartsOf(self).authorizer);
}

PyObject* RevocationCount(PyObject* self, void*) {
  return PyLong_FromSize_t(PartsOf(self).authorizer.revocation_count());
}

PyObject* GetTokenCacheStats(PyObject* self, PyObject*) {
  return Guarded([&] {
    return MakeTokenCacheStats(StateOf(self), PartsOf(self).authorizer.token_cache_stats());
  });
}

PyObject* DecisionCounts(PyObject* self, PyObject*) {
  const ModuleState& state = StateOf(self);
  Ref counts(PyDict_New());
  for (size_t i = 0; counts && i < kReasonCount; ++i) {
    const uint64_t count = PartsOf(self).decisions[i];
    if (count == 0) continue;
    const Ref number(PyLong_FromUnsignedLongLong(count));
    if (!number || PyDict_SetItem(counts.get(), state.reasons[i], number.get()) != 0) {
      return nullptr;
    }
  }
  return counts.release();
}

constexpr int kVarying = METH_VARARGS | METH_KEYWORDS;
constexpr int kFast = METH_FASTCALL | METH_KEYWORDS;

PyMethodDef methods[] = {
    {"set_policy", SetPolicy, METH_O, doc::Authorizer_set_policy},
    {"set_keys", Method(SetKeys), kVarying, doc::Authorizer_set_keys},
    {"prepare_keys", PrepareKeys, METH_NOARGS, doc::Authorizer_prepare_keys},
    {"authorize", Method(Authorize), kFast, doc::Authorizer_authorize},
    {"explain", Method(ExplainRequest), kFast, doc::Authorizer_explain},
    {"verify", Method(Verify), kVarying, doc::Authorizer_verify},
    {"revoke_token_id", Method(RevokeTokenId), kVarying, doc::Authorizer_revoke_token_id},
    {"revoke_session", Method(RevokeSession), kVarying, doc::Authorizer_revoke_session},
    {"revoke_subject", Method(RevokeSubject), kVarying, doc::Authorizer_revoke_subject},
    {"token_cache_stats", GetTokenCacheStats, METH_NOARGS, doc::Authorizer_token_cache_stats},
    {"decision_counts", DecisionCounts, METH_NOARGS, doc::Authorizer_decision_counts},
    {},
};

PyGetSetDef getters[] = {
    {"policy", GetPolicy, nullptr, doc::Authorizer_policy, nullptr},
    {"revocation_count", RevocationCount, nullptr, doc::Authorizer_revocation_count, nullptr},
    {},
};

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>(doc::Authorizer)},
    {Py_tp_new, Slot(New)},
    {Py_tp_dealloc, Slot(Deallocate)},
    {Py_tp_traverse, Slot(Traverse)},
    {Py_tp_clear, Slot(Clear)},
    {Py_tp_methods, methods},
    {Py_tp_getset, getters},
    {0, nullptr},
};

}  // namespace

PyType_Spec authorizer_spec = {"doorward.Authorizer", sizeof(AuthorizerObject), 0,
                               Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_HAVE_GC,
                               slots};

}  // namespace doorward::python
