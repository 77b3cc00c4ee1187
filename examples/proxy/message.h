// SPDX-License-Identifier: Apache-2.0
//
// A message of HTTP/1.1 as it comes in: the head in one piece, the body as it flows.
// Beast parses; nothing is copied, all views are into the buffer that was read into.

#ifndef PROXY_MESSAGE_H_
#define PROXY_MESSAGE_H_

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

#include <boost/beast/http/basic_parser.hpp>

#include "doorward/request.h"

#include "buffer.h"

namespace proxy {

// A message whose head was checked (head_check.h), and whose fields are kept in a list that
// outlives it, so that its memory serves the next message too.
template <bool isRequest>
class Message final : public boost::beast::http::basic_parser<isRequest> {
 public:
  using Header = doorward::Header;
  using Parser = boost::beast::http::basic_parser<isRequest>;

  explicit Message(std::vector<Header>& fields) : fields_(fields) {
    fields_.clear();
    this->header_limit(std::numeric_limits<uint32_t>::max());  // kept by ReadHead
    this->body_limit(boost::none);
  }

  // False where Beast refuses it.
  bool ParseHead(std::string_view head) {
    this->put(boost::asio::buffer(head.data(), head.size()), error_);
    this->eager(true);
    return !error_ && this->is_header_done();
  }

  // Takes what there is of the body off the front of `buffer`, and returns it: in one piece, since
  // chunks are moved together over what parts them.
  std::string_view ParseBody(Buffer& buffer) {
    body_ = {};
    const std::span<char> octets = buffer.octets();
    if (this->is_done() || octets.empty() || BeginsLastChunk(buffer.text())) return {};
    octets_ = octets;
    const size_t parsed = this->put(boost::asio::buffer(octets.data(), octets.size()), error_);
    if (error_ == boost::beast::http::error::need_more) error_ = {};
    buffer.Consume(parsed);
    return {body_.data(), body_.size()};
  }

  // The connection ended: so does a body that nothing else ends.
  void ParseEnd() { this->put_eof(error_); }

  std::string_view method() const { return method_; }
  std::string_view target() const { return target_; }
  int status() const { return status_; }
  bool is_http10() const { return version_ == 10; }
  std::span<const Header> fields() const { return fields_; }
  const boost::system::error_code& error() const { return error_; }

 private:
  using Error = boost::beast::error_code;
  using Text = boost::beast::string_view;

  static std::string_view View(Text text) { return {text.data(), text.size()}; }

  void on_request_impl(boost::beast::http::verb, Text method, Text target, int version,
                       Error&) override {
    method_ = View(method);
    target_ = View(target);
    version_ = version;
  }
  void on_response_impl(int status, Text, int version, Error&) override {
    status_ = status;
    version_ = version;
  }
  void on_field_impl(boost::beast::http::field, Text name, Text value, Error& error) override {
    // Those behind the last chunk (trailers) are left out: they came too late to be decided on.
    if (!this->is_header_done()) {
      fields_.push_back({View(name), View(value)});
    } else if (IsFolded(name, value)) {
      error = boost::beast::http::error::bad_obs_fold;
    }
  }
  void on_header_impl(Error&) override {}
  void on_body_init_impl(const boost::optional<uint64_t>&, Error&) override {}
  size_t on_body_impl(Text piece, Error&) override { return Append(piece); }
  void on_chunk_header_impl(uint64_t, Text extensions, Error& error) override {
    has_chunk_ = true;
    // Clients send none, and servers read them in too many ways.
    if (isRequest && !extensions.empty()) error = boost::beast::http::error::bad_chunk_extension;
  }
  size_t on_chunk_body_impl(uint64_t, Text piece, Error&) override { return Append(piece); }
  void on_finish_impl(Error&) override {}

  // Beast asserts that there are five octets where it goes on with a last chunk, whose size may be
  // spelt `0`, `00` or `0;`; fewer are no end. One behind a bare carriage return is Beast's to
  // refuse. After another chunk there are five, with the line's end that Beast leaves before it.
  bool BeginsLastChunk(std::string_view text) const {
    return text.size() < 5 && this->chunked() && !has_chunk_ && text.starts_with('0') &&
           text.ends_with("\r\n") && text.find('\r') == text.size() - 2;
  }

  // Beast joins folded lines elsewhere, or steps over the end of an empty one.
  bool IsFolded(Text name, Text value) const {
    const char* const end = octets_.data() + octets_.size();
    return value.data() < name.data() || value.data() > end ||
           std::find(name.data(), value.data(), '\n') != value.data();
  }

  size_t Append(Text piece) {
    char* const place = body_.empty() ? octets_.data() + (piece.data() - octets_.data())
                                      : body_.data() + body_.size();
    if (place != piece.data()) std::memmove(place, piece.data(), piece.size());
    body_ = {body_.empty() ? place : body_.data(), body_.size() + piece.size()};
    return piece.size();
  }

  std::vector<Header>& fields_;
  std::string_view method_;
  std::string_view target_;
  int status_ = 0;
  int version_ = 11;
  bool has_chunk_ = false;
  Error error_;
  std::span<char> octets_;  // what is being parsed
  std::span<char> body_;    // what was found in it
};

}  // namespace proxy

#endif  // PROXY_MESSAGE_H_
