// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/peers/peer.h"

namespace doorward::benchmarks {

std::vector<PeerKind> Peers() {
  std::vector<PeerKind> peers;
#if defined(DOORWARD_HAS_LIBJWT)
  peers.push_back({"libjwt", MakeLibjwt});
#endif
#if defined(DOORWARD_HAS_CPP_JWT)
  peers.push_back({"cpp-jwt", MakeCppJwt});
#endif
#if defined(DOORWARD_HAS_LIBJOSE)
  peers.push_back({"libjose", MakeLibjose});
#endif
  return peers;
}

}  // namespace doorward::benchmarks
