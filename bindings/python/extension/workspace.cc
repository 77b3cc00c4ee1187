// SPDX-License-Identifier: Apache-2.0

#include "bindings/python/extension/workspace.h"

#include "bindings/python/extension/result.h"

namespace doorward::python {

// A request may hold many headers; memory for no more than these is kept.
constexpr size_t kMostHeadersKept = 256;

void Workspace::Forget() noexcept {
  decision = Decision(Reason::kInternal, nullptr);
  token.reset();
  headers.clear();
  if (headers.capacity() > kMostHeadersKept) std::vector<Header>().swap(headers);
  // Releasing an object may run other code; nobody else sees this workspace meanwhile.
  for (PyObject* object : kept) Py_DECREF(object);
  kept.clear();
  if (kept.capacity() > 2 * kMostHeadersKept + 8) std::vector<PyObject*>().swap(kept);
}

std::unique_ptr<Workspace> WorkspacePool::Take() {
  if (free_.empty()) {
    auto made = std::make_unique<Workspace>();
    made->generation = generation_;
    free_.reserve(kMaxAttached);  // so that giving back needs no memory
    return made;
  }
  std::unique_ptr<Workspace> taken = std::move(free_.back());
  free_.pop_back();
  return taken;
}

void WorkspacePool::GiveBack(std::unique_ptr<Workspace> workspace) noexcept {
  workspace->Forget();
  if (workspace->generation == generation_ && free_.size() < kMaxAttached) {
    free_.push_back(std::move(workspace));
  }
}

void WorkspacePool::DropFree() noexcept {
  ++generation_;
  free_.clear();
}

void WorkspacePool::Attach(ResultObject& result) noexcept {
  result.older = newest_;
  result.newer = nullptr;
  (newest_ == nullptr ? oldest_ : newest_->newer) = &result;
  newest_ = &result;
  ++attached_;
}

void WorkspacePool::Remove(ResultObject& result) noexcept {
  (result.older == nullptr ? oldest_ : result.older->newer) = result.newer;
  (result.newer == nullptr ? newest_ : result.newer->older) = result.older;
  --attached_;
}

ResultObject* WorkspacePool::RemoveSurplus() noexcept {
  if (attached_ <= kMaxAttached) return nullptr;
  ResultObject* const oldest = oldest_;
  Remove(*oldest);
  return oldest;
}

}  // namespace doorward::python
