// SPDX-License-Identifier: Apache-2.0

#include "bindings/c/src/boundary.h"

using namespace doorward::c;
using Kind = doorward::JsonView::Kind;

static_assert(DOORWARD_JSON_MISSING == static_cast<int>(Kind::kMissing));
static_assert(DOORWARD_JSON_NULL == static_cast<int>(Kind::kNull));
static_assert(DOORWARD_JSON_BOOL == static_cast<int>(Kind::kBool));
static_assert(DOORWARD_JSON_INT == static_cast<int>(Kind::kInt));
static_assert(DOORWARD_JSON_DOUBLE == static_cast<int>(Kind::kDouble));
static_assert(DOORWARD_JSON_STRING == static_cast<int>(Kind::kString));
static_assert(DOORWARD_JSON_ARRAY == static_cast<int>(Kind::kArray));
static_assert(DOORWARD_JSON_OBJECT == static_cast<int>(Kind::kObject));

namespace {

template <class T>
bool GiveIf(bool holds, T value, T* out) noexcept {
  if (holds && out != nullptr) *out = value;
  return holds && out != nullptr;
}

}  // namespace

int32_t doorward_json_kind(const doorward_json* value) noexcept {
  return static_cast<int32_t>(ViewOf(value).kind());
}

bool doorward_json_get_string(const doorward_json* value, doorward_string* out) noexcept {
  return GiveIf(ViewOf(value).is_string(), StringOf(ViewOf(value).string_or("")), out);
}

bool doorward_json_get_bool(const doorward_json* value, bool* out) noexcept {
  return GiveIf(ViewOf(value).kind() == Kind::kBool, ViewOf(value).bool_or(false), out);
}

bool doorward_json_get_int(const doorward_json* value, int64_t* out) noexcept {
  return GiveIf(ViewOf(value).kind() == Kind::kInt, ViewOf(value).int_or(0), out);
}

bool doorward_json_get_double(const doorward_json* value, double* out) noexcept {
  return GiveIf(ViewOf(value).is_number(), ViewOf(value).double_or(0), out);
}

const doorward_json* doorward_json_find(const doorward_json* object,
                                        doorward_string name) noexcept {
  return IsSound(name) ? JsonOf(ViewOf(object).Find(ViewOf(name))) : nullptr;
}

const doorward_json* doorward_json_find_pointer(const doorward_json* value,
                                                doorward_string pointer) noexcept {
  return IsSound(pointer) ? JsonOf(ViewOf(value).FindPointer(ViewOf(pointer))) : nullptr;
}

size_t doorward_json_count(const doorward_json* value) noexcept { return ViewOf(value).size(); }

const doorward_json* doorward_json_first(const doorward_json* value) noexcept {
  const auto range = ViewOf(value).elements();
  return range.first == range.last ? nullptr : JsonOf(*range.first);
}

const doorward_json* doorward_json_next(const doorward_json* value,
                                        const doorward_json* element) noexcept {
  if (element == nullptr) return nullptr;
  doorward::JsonView::Iterator at(ViewOf(element).node());
  ++at;
  return at == ViewOf(value).elements().end() ? nullptr : JsonOf(*at);
}

doorward_string doorward_json_name(const doorward_json* member) noexcept {
  return StringOf(ViewOf(member).name());
}

doorward_text* doorward_json_text(const doorward_json* value, doorward_error* error) noexcept {
  return AttemptNew(error, [&] {
    Require(value != nullptr, "value: there is none");
    return NewText(ViewOf(value).ToJson());
  });
}
