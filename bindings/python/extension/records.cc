// SPDX-License-Identifier: Apache-2.0

#include "bindings/python/extension/records.h"

#include <sstream>
#include <string>

namespace doorward::python {
namespace {

PyObject* Number(size_t number) { return PyLong_FromSize_t(number); }

PyObject* MakeDiagnostic(const ModuleState& state, const Diagnostic& d) {
  std::ostringstream text;
  text << d;
  return Call(state[Held::kDiagnostic],
              {Str(d.severity == Severity::kError ? "error" : "warning"), Str(d.code), Str(d.file),
               Number(d.range.line), Number(d.range.column), Str(d.message), Str(d.expected),
               Str(d.suggestion), Str(d.excerpt), Str(text.str())});
}

const char* SourceName(IssuerKeys::Source source) {
  switch (source) {
    case IssuerKeys::Source::kDiscovery:
      return "discovery";
    case IssuerKeys::Source::kJwksUri:
      return "jwks_uri";
    case IssuerKeys::Source::kJwksFile:
      return "jwks_file";
    case IssuerKeys::Source::kInline:
      return "inline";
  }
  return "";
}

PyObject* AlgorithmNames(AlgorithmSet algorithms) {
  std::vector<std::string_view> names;
  for (size_t i = 0; i < kAlgorithmCount; ++i) {
    const auto algorithm = static_cast<Algorithm>(i);
    if (algorithms.Contains(algorithm)) names.push_back(AlgorithmName(algorithm));
  }
  return TupleFrom(names, Str);
}

PyObject* Raise(PyObject* error, PyObject* instance) {
  const Ref made(instance);
  if (made) PyErr_SetObject(error, made.get());
  return nullptr;
}

PyObject* TextOrNone(const std::optional<std::string_view>& text) {
  return text ? Str(*text) : None();
}

}  // namespace

PyObject* MakeDiagnostics(const ModuleState& state, const std::vector<Diagnostic>& diagnostics) {
  return TupleFrom(diagnostics, [&](const Diagnostic& d) { return MakeDiagnostic(state, d); });
}

PyObject* MakeExplanation(const ModuleState& state, const Explanation& explanation) {
  return Call(state[Held::kExplanation], {Str(explanation.ToText()), Str(explanation.ToJson())});
}

PyObject* MakeIssuer(const ModuleState& state, const IssuerKeys& keys) {
  return Call(state[Held::kIssuer],
              {Str(keys.issuer), TupleFrom(keys.spellings, Str), Str(SourceName(keys.source)),
               Str(keys.location), TupleFrom(keys.algorithms, Str)});
}

PyObject* MakeKey(const ModuleState& state, const KeySet& keys, size_t index) {
  return Call(state[Held::kKey], {Str(keys.key_id(index)), AlgorithmNames(keys.algorithms(index))});
}

PyObject* MakeKeyPreparation(const ModuleState& state, const KeyPreparation& preparation) {
  return Call(state[Held::kKeyPreparation],
              {Number(preparation.es256_with_tables), Number(preparation.es256_without_tables),
               Number(preparation.ed25519_with_tables), Number(preparation.ed25519_with_libsodium),
               Number(preparation.ed25519_with_openssl)});
}

PyObject* MakeTokenCacheStats(const ModuleState& state, const TokenCacheStats& stats) {
  return Call(state[Held::kTokenCacheStats],
              {Number(stats.hits), Number(stats.misses), Number(stats.insertions),
               Number(stats.evictions), Number(stats.entries), Number(stats.bytes)});
}

PyObject* MakeAuditEvent(const ModuleState& state, const AuditEvent& e) {
  const double time =
      static_cast<double>(e.time.unix_seconds()) + static_cast<double>(e.time.nanos()) * 1e-9;
  return Call(state[Held::kAuditEvent],
              {PyFloat_FromDouble(time), Str(e.policy_revision), PyBool_FromLong(e.allowed ? 1 : 0),
               state.ReasonOf(e.reason), PyLong_FromLong(e.http_status), StrOrNone(e.rule_id),
               TupleFrom(e.report, Str), StrOrNone(e.issuer), StrOrNone(e.subject), Str(e.method),
               TextOrNone(e.host), StrOrNone(e.path), TextOrNone(e.source_ip)});
}

PyObject* RaiseLoadError(const ModuleState& state, Held error,
                         const std::vector<Diagnostic>& diagnostics) {
  return Raise(state[error], Call(state[error], {MakeDiagnostics(state, diagnostics)}));
}

PyObject* RaiseTokenError(const ModuleState& state, const VerifyOutcome& outcome) {
  PyObject* const error = state[Held::kTokenError];
  return Raise(error, Call(error, {state.ReasonOf(outcome.reason()), Str(outcome.Explain())}));
}

}  // namespace doorward::python
