// SPDX-License-Identifier: Apache-2.0
//
// The language of endpoints, docs/policy-language.md: "GET,PUT api.example.com/users/{user}/**".
//
//   EndpointReader reader(rules);
//   EndpointModel endpoint;
//   if (!reader.Read("GET /orders/{id}", &endpoint)) Report(reader.faults());

#ifndef DOORWARD_POLICY_ENDPOINT_H_
#define DOORWARD_POLICY_ENDPOINT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/diagnostic.h"

#include "src/http/http.h"
#include "src/policy/model.h"

namespace doorward {

// What all endpoints of a policy may come to; see EndpointReader::weight.
inline constexpr size_t kMaxPatternWeight = 4'000'000;
inline constexpr size_t kEndpointWeight = 2;

// What is wrong with a part of a text, by its place in the text that was read.
struct EndpointFault {
  Severity severity = Severity::kError;
  std::string_view code;
  size_t offset = 0;
  size_t length = 0;
  std::string message = {};
  std::string expected = {};
  std::string suggestion = {};
};

// Reads endpoints, and their parts where they stand apart. Each function reports all that it finds
// wrong in one text, and returns false where that is an error.
class EndpointReader {
 public:
  explicit EndpointReader(const RequestRules& rules) : rules_(rules) {}

  // Sets methods, host, is_asterisk and path.
  bool Read(std::string_view text, EndpointModel* out);

  // One method, or "*" where it stands alone.
  bool ReadMethod(std::string_view text, std::vector<std::string>* methods);
  bool ReadHost(std::string_view text, std::string* host);
  // A path that begins with "/".
  bool ReadPath(std::string_view text, std::vector<SegmentPattern>* path);

  // Of the text read last.
  const std::vector<EndpointFault>& faults() const { return faults_; }

  // What the patterns read so far will take to compile, about proportional to memory: a unit for
  // each segment, part of a glob and instruction of a regular expression, two for each endpoint,
  // and where endpoints are objects one for each method of each.
  size_t weight() const { return weight_; }

 private:
  // A part of the text that is read, and where in it the part begins.
  struct Piece {
    std::string_view text;
    size_t offset;
    Piece Sub(size_t from, size_t length = std::string_view::npos) const {
      return {text.substr(from, length), offset + from};
    }
  };

  bool ReadMethods(Piece piece, std::vector<std::string>* methods);
  void ReadOneMethod(Piece piece, std::vector<std::string>* methods);
  void WarnOddMethod(Piece piece);
  void WarnOddSegment(Piece piece);
  void WarnOddRegex(Piece piece, const std::string& capture);
  void ReadHostPart(Piece piece, std::string* host);
  void ReadPathPart(Piece piece, std::vector<SegmentPattern>* path);
  void ReadSegment(Piece piece, SegmentPattern* out);
  void ReadLiteral(Piece piece, SegmentPattern* out);
  void ReadGlob(Piece piece, SegmentPattern* out);
  void ReadCapture(Piece piece, SegmentPattern* out);
  void ReadRegex(Piece piece, SegmentPattern* out);
  std::string Decode(Piece piece);
  void CheckAcceptable(Piece piece, std::string_view octets, bool begins, bool ends);
  void CheckWhole(Piece piece, const std::vector<SegmentPattern>& path);
  void FaultTooManySegments(Piece piece);

  void Fault(Piece piece, std::string_view code, std::string message, std::string expected = "",
             std::string suggestion = "");
  void Warn(Piece piece, std::string_view code, std::string message, std::string suggestion);
  void Begin();
  bool Finish() const;

  const RequestRules& rules_;
  std::vector<EndpointFault> faults_;
  size_t weight_ = 0;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_ENDPOINT_H_
