// SPDX-License-Identifier: Apache-2.0
//
// The memory that a request is decided in, or a token verified, and that the answer views into.
//
// An answer given to Python (ResultObject, result.h) owns its workspace for as long as it is
// attached to it, so that making one copies nothing. Workspaces are reused, last in first out. At
// most kMaxAttached answers are attached at once: past that the oldest is detached, which converts
// all of it to Python objects and frees its workspace. So an answer that is held for long (by a
// connection that stays open, say) keeps neither much memory nor a policy alive that was replaced.

#ifndef DOORWARD_BINDINGS_PYTHON_EXTENSION_WORKSPACE_H_
#define DOORWARD_BINDINGS_PYTHON_EXTENSION_WORKSPACE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "doorward/decision.h"
#include "doorward/request.h"
#include "doorward/scratch.h"
#include "doorward/verifier.h"

#include "bindings/python/extension/object.h"

namespace doorward::python {

struct Workspace {
  Scratch scratch;
  std::vector<Header> headers;  // of the request
  std::vector<PyObject*> kept;  // references to what the request views
  Decision decision{Reason::kInternal, nullptr};
  std::optional<VerifiedToken> token;
  uint64_t generation = 0;

  // Keeps `object` alive, whose reference it takes over, until Forget().
  PyObject* Keep(PyObject* object) {
    kept.push_back(object);
    return object;
  }
  void Forget() noexcept;
};

struct ResultObject;

// Workspaces that are free, and answers that are attached, the oldest first.
class WorkspacePool {
 public:
  static constexpr size_t kMaxAttached = 256;

  // Takes a workspace that is free, or a new one.
  std::unique_ptr<Workspace> Take();
  // Gives one back. It is kept for reuse, unless what it holds on to was replaced since.
  void GiveBack(std::unique_ptr<Workspace> workspace) noexcept;
  // To be called where policy or keys were replaced: free workspaces hold on to the former ones.
  void DropFree() noexcept;

  // The list of attached answers.
  void Attach(ResultObject& result) noexcept;
  void Remove(ResultObject& result) noexcept;
  // Removes the oldest and returns it where there are more than kMaxAttached, else null.
  ResultObject* RemoveSurplus() noexcept;

 private:
  std::vector<std::unique_ptr<Workspace>> free_;
  ResultObject* oldest_ = nullptr;
  ResultObject* newest_ = nullptr;
  size_t attached_ = 0;
  uint64_t generation_ = 0;
};

// A workspace on its way: goes back to the pool unless an answer took it over.
class WorkspaceLoan {
 public:
  explicit WorkspaceLoan(WorkspacePool& pool) : pool_(pool), workspace_(pool.Take()) {}
  ~WorkspaceLoan() {
    if (workspace_ != nullptr) pool_.GiveBack(std::move(workspace_));
  }
  WorkspaceLoan(const WorkspaceLoan&) = delete;
  WorkspaceLoan& operator=(const WorkspaceLoan&) = delete;

  Workspace& operator*() const noexcept { return *workspace_; }
  Workspace* operator->() const noexcept { return workspace_.get(); }
  std::unique_ptr<Workspace> TakeOver() noexcept { return std::move(workspace_); }

 private:
  WorkspacePool& pool_;
  std::unique_ptr<Workspace> workspace_;
};

}  // namespace doorward::python

#endif  // DOORWARD_BINDINGS_PYTHON_EXTENSION_WORKSPACE_H_
