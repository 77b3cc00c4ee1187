// SPDX-License-Identifier: Apache-2.0
//
// The methods of Authorizer that revoke tokens.

#include <optional>

#include "bindings/python/extension/arguments.h"
#include "bindings/python/extension/authorizer.h"
#include "bindings/python/extension/types.h"

namespace doorward::python {
namespace {

// What all of them take: of which issuer, what, and when.
struct Revocation {
  Text issuer, what;
  Timestamp until, issued_until, now;
};

// The same as arguments. Null where left out.
struct Given {
  PyObject *issuer = nullptr, *what = nullptr, *until = nullptr, *issued_until = nullptr,
           *now = nullptr;
};

std::optional<Revocation> Read(const Given& given, const char* name) {
  std::optional<Text> issuer = ReadText(given.issuer, "issuer");
  std::optional<Text> what = issuer ? ReadText(given.what, name) : std::nullopt;
  if (!what) return std::nullopt;
  if (given.until == nullptr || given.until == Py_None) {
    PyErr_SetString(PyExc_TypeError, "the argument 'until' must be given");
    return std::nullopt;
  }
  const std::optional<Timestamp> until = ReadTime(given.until);
  const std::optional<Timestamp> now = until ? ReadTime(given.now) : std::nullopt;
  if (!now) return std::nullopt;
  const bool has_issued_until = given.issued_until != nullptr && given.issued_until != Py_None;
  const std::optional<Timestamp> issued_until =
      has_issued_until ? ReadTime(given.issued_until) : now;
  if (!issued_until) return std::nullopt;
  return Revocation{std::move(*issuer), std::move(*what), *until, *issued_until, *now};
}

// Runs `revoke(revocation)` and says whether there was room.
template <class Revoke>
PyObject* Record(PyObject* self, const Given& given, const char* name, const Revoke& revoke) {
  return Guarded([&]() -> PyObject* {
    const std::optional<Revocation> revocation = Read(given, name);
    if (!revocation) return nullptr;
    if (revoke(PartsOf(self).authorizer, *revocation)) return None();
    PyErr_SetString(StateOf(self)[Held::kRevocationsFullError],
                    "the list of revocations is full of entries that still count");
    return nullptr;
  });
}

}  // namespace

PyObject* RevokeTokenId(PyObject* self, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {"issuer", "jti", "until", "now", nullptr};
  Given given;
  if (!Parse(args, keywords, "OO|$OO:revoke_token_id", names, &given.issuer, &given.what,
             &given.until, &given.now)) {
    return nullptr;
  }
  return Record(self, given, "jti", [](Authorizer& authorizer, const Revocation& r) {
    return authorizer.RevokeTokenId(r.issuer.view, r.what.view, r.until, r.now);
  });
}

PyObject* RevokeSession(PyObject* self, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {"issuer", "sid", "until", "now", nullptr};
  Given given;
  if (!Parse(args, keywords, "OO|$OO:revoke_session", names, &given.issuer, &given.what,
             &given.until, &given.now)) {
    return nullptr;
  }
  return Record(self, given, "sid", [](Authorizer& authorizer, const Revocation& r) {
    return authorizer.RevokeSession(r.issuer.view, r.what.view, r.until, r.now);
  });
}

PyObject* RevokeSubject(PyObject* self, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {"issuer", "subject", "until", "issued_until", "now", nullptr};
  Given given;
  if (!Parse(args, keywords, "OO|$OOO:revoke_subject", names, &given.issuer, &given.what,
             &given.until, &given.issued_until, &given.now)) {
    return nullptr;
  }
  return Record(self, given, "subject", [](Authorizer& authorizer, const Revocation& r) {
    return authorizer.RevokeSubject(r.issuer.view, r.what.view, r.issued_until, r.until, r.now);
  });
}

}  // namespace doorward::python
