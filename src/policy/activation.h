// SPDX-License-Identifier: Apache-2.0
//
// The values of an expression's variables, for one caller and one request. What takes work (the
// query decoded, the header fields folded, the roles listed) is done when it is first asked for.

#ifndef DOORWARD_POLICY_ACTIVATION_H_
#define DOORWARD_POLICY_ACTIVATION_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/claims.h"
#include "doorward/request.h"
#include "doorward/timestamp.h"

#include "src/cel/cel.h"
#include "src/http/http.h"

namespace doorward {

struct CallerData;
struct Capture;
struct PolicyProgram;
class RoleTable;

// A map from texts to texts that stand elsewhere. Cost: Find is logarithmic.
class TextMap final : public cel::HostMap {
 public:
  struct Entry {
    std::string_view key;
    std::string_view value;
    bool is_ambiguous = false;  // reading it fails
    uint32_t position = 0;      // in the order of Add
  };

  void Clear() {
    entries_.clear();
    is_whole_ = true;
  }
  // There was no memory for some of it: it is no value, for a condition must not take it for one.
  void SetIncomplete() { is_whole_ = false; }
  cel::Value AsValue() const {
    return is_whole_ ? cel::Value::Host(*this) : cel::Value::Fail(cel::Failure::kMemory);
  }
  void Add(std::string_view key, std::string_view value, bool is_ambiguous) {
    entries_.push_back({key, value, is_ambiguous, static_cast<uint32_t>(entries_.size())});
  }
  // What Finish will take of a decision's steps: for putting the entries in order.
  size_t StepsToFinish() const { return entries_.size() * std::bit_width(entries_.size()); }
  // Ends the adding. `merge(std::span<Entry>)` makes the first of several entries of one key stand
  // for all of them.
  template <class Merge>
  void Finish(Merge merge);

  cel::Value Find(std::string_view key) const noexcept override;
  size_t size() const noexcept override { return entries_.size(); }
  std::string_view KeyAt(size_t index) const noexcept override { return entries_[index].key; }

 private:
  std::vector<Entry> entries_;  // once finished: by key
  bool is_whole_ = true;
};

// The claims of a token before anything is decided with it: for `accept` and for grants.
class ClaimsActivation final : public cel::Activation {
 public:
  ClaimsActivation(JsonView claims, std::string_view issuer) : claims_(claims), issuer_(issuer) {}
  cel::Value Get(size_t index) noexcept override;

 private:
  JsonView claims_;
  std::string_view issuer_;
};

// All that is known of a caller, whatever the request.
class CallerActivation : public cel::Activation {
 public:
  void SetCaller(const RoleTable& roles, const CallerData& caller);
  cel::Value Get(size_t index) noexcept override;

 private:
  cel::Value Roles();

  const RoleTable* roles_ = nullptr;
  const CallerData* caller_ = nullptr;
  bool held_known_ = false;
  std::vector<std::string_view> held_;
};

// Everything, for a decision. Kept in the scratch for the memory of its maps.
class RequestActivation final : public CallerActivation {
 public:
  // Begins with a request that was normalised; the machine begins too. All arguments must stay
  // until the next Begin, or until nothing is evaluated any more.
  void Begin(const PolicyProgram& program, const Request& request,
             const CanonicalRequest& canonical, Timestamp now, cel::Machine& machine);
  // Begins as `other` did.
  void BeginLike(const RequestActivation& other, cel::Machine& machine) {
    Begin(*other.program_, *other.request_, *other.canonical_, other.now_, machine);
  }
  // The captures of the endpoint at hand.
  void SetCaptures(std::span<const Capture> captures);

  cel::Value Get(size_t index) noexcept override;

 private:
  cel::Value Params();
  cel::Value Query();
  cel::Value Headers();
  cel::Value SourceIp();
  // Pays for reading `octets` of the request into `map`, whose entries were added. False: the
  // budget is spent.
  bool PayFor(const TextMap& map, size_t octets);
  // Memory for what stands in `map`.
  char* Room(size_t size, TextMap& map);
  void ReadHeader(const Header& header);
  void JoinHeaders(std::span<TextMap::Entry> fields);
  std::string_view Decode(std::string_view text, bool& is_malformed);
  std::string_view ValueOf(const Capture& capture);

  const PolicyProgram* program_ = nullptr;
  const Request* request_ = nullptr;
  const CanonicalRequest* canonical_ = nullptr;
  cel::Machine* machine_ = nullptr;
  Timestamp now_;
  std::span<const Capture> captures_;

  bool params_known_ = false, query_known_ = false, headers_known_ = false;
  TextMap params_, query_, headers_;
  std::string cookies_, folded_name_;
  cel::Address source_;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_ACTIVATION_H_
