// SPDX-License-Identifier: Apache-2.0
//
// Other libraries that verify a JWT, each asked for the same as ours where it can do it, with its
// key parsed beforehand where its interface has that.

#ifndef DOORWARD_BENCHMARKS_PEERS_PEER_H_
#define DOORWARD_BENCHMARKS_PEERS_PEER_H_

#include <memory>
#include <string>
#include <vector>

#include "benchmarks/support/access_token.h"

namespace doorward::benchmarks {

class Peer {
 public:
  virtual ~Peer() = default;
  // Verifies signature, issuer, audience (where it can compare one with a list) and dates, and
  // returns the octets of subject and groups; 0 for a token that it refuses.
  virtual size_t Verify(const std::string& token) = 0;
};

struct PeerKind {
  const char* name;
  // Null where the peer does not know the token's algorithm.
  std::unique_ptr<Peer> (*make)(const AccessToken& token);
};

// Those that this build has.
std::vector<PeerKind> Peers();

std::unique_ptr<Peer> MakeLibjwt(const AccessToken& token);
std::unique_ptr<Peer> MakeCppJwt(const AccessToken& token);
std::unique_ptr<Peer> MakeLibjose(const AccessToken& token);

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_PEERS_PEER_H_
