// SPDX-License-Identifier: Apache-2.0

#include "bindings/python/extension/result.h"

#include <cstdint>
#include <memory>

#include "bindings/python/extension/claims.h"

namespace doorward::python {
namespace {

PyObject* ValueOf(const ModuleState& state, const Field& field, const Workspace& workspace) {
  if (field.make == nullptr) return DictOf(field.json(workspace));
  return Guarded([&] { return field.make(state, workspace); });
}

// Converts all fields and gives the workspace back; false where there is no memory to.
bool Detach(ModuleState& state, ResultObject& result) {
  const Workspace& workspace = *result.workspace;
  Ref values(TupleFrom(result.fields,
                       [&](const Field& field) { return ValueOf(state, field, workspace); }));
  if (!values) return false;
  result.values = values.release();
  state.pool.GiveBack(std::unique_ptr<Workspace>(std::exchange(result.workspace, nullptr)));
  return true;
}

// Attaches `result`, and detaches the oldest where that is one too many. Conversion may run other
// code, by way of the garbage collector, and that may make and release results too: so the oldest
// is off the list, and held, meanwhile.
void Attach(ModuleState& state, ResultObject& result) {
  state.pool.Attach(result);
  ResultObject* const oldest = state.pool.RemoveSurplus();
  if (oldest == nullptr) return;
  const Ref alive = Ref::To(reinterpret_cast<PyObject*>(oldest));
  if (Detach(state, *oldest)) return;
  PyErr_Clear();
  state.pool.Attach(*oldest);
}

}  // namespace

PyObject* MakeResult(ModuleState& state, Held which, std::span<const Field> fields,
                     WorkspaceLoan& loan) {
  auto* const result = Make<ResultObject>(state, which);
  if (result == nullptr) return nullptr;
  result->fields = fields;
  result->workspace = loan.TakeOver().release();
  result->values = nullptr;
  Attach(state, *result);
  return reinterpret_cast<PyObject*>(result);
}

PyObject* GetField(PyObject* self, void* closure) {
  const auto& result = *reinterpret_cast<const ResultObject*>(self);
  const auto number = reinterpret_cast<uintptr_t>(closure);
  const Field& field = result.fields[number];
  if (field.make == nullptr) return MakeClaims(self, number);
  if (result.workspace != nullptr) return ValueOf(StateOf(self), field, *result.workspace);
  return Py_NewRef(PyTuple_GetItem(result.values, static_cast<Py_ssize_t>(number)));
}

void DeallocateResult(PyObject* self) {
  auto& result = *reinterpret_cast<ResultObject*>(self);
  if (result.workspace != nullptr) {
    WorkspacePool& pool = StateOf(self).pool;
    pool.Remove(result);
    pool.GiveBack(std::unique_ptr<Workspace>(result.workspace));
  }
  Py_XDECREF(result.values);
  Free(self);
}

}  // namespace doorward::python
