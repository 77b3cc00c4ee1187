// SPDX-License-Identifier: Apache-2.0
//
// TLS contexts, made from the text of PEM files: towards clients and towards the upstream. TLS 1.2
// and newer, HTTP/1.1 alone.

#ifndef PROXY_TLS_CONTEXT_H_
#define PROXY_TLS_CONTEXT_H_

#include <memory>
#include <span>

#include <boost/asio/ssl/context.hpp>

#include "source_file.h"

namespace proxy {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// Makes the context of a listener from its certificates: chain and key in turn. The first pair
// serves clients that name no server, or none of theirs. Throws Broken; what is doubtful is
// appended to `warnings`. Lifetime: a connection that was begun with the context must hold on to
// it.
TlsContext MakeServerContext(std::span<const NamedText> files, Lines& warnings);

// Makes the context towards the upstream, which verifies certificates by those of `authorities`, or
// by the system's where it is null. Throws Broken.
TlsContext MakeUpstreamContext(const NamedText* authorities);

}  // namespace proxy

#endif  // PROXY_TLS_CONTEXT_H_
