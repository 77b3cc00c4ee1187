// SPDX-License-Identifier: Apache-2.0
//
// A policy's text as values with positions: what YAML and JSON have in common. The first third of
// loading; what the values mean is the business of check.h.
//
// Nodes stand in one flat array in the order of the text, a container before what it holds, keys
// before their values. A YAML alias is a node that names its target, so that a document takes
// memory in proportion to its text, whatever its aliases expand to.

#ifndef DOORWARD_POLICY_DOCUMENT_H_
#define DOORWARD_POLICY_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/source.h"

namespace doorward {

inline constexpr size_t kMaxPolicyBytes = 64u
                                          << 20;  // of the text; of all scalars, aliases expanded
inline constexpr size_t kMaxPolicyDepth = 64;     // containers inside each other
inline constexpr size_t kMaxPolicyNodes = 20'000'000;  // aliases expanded

struct DocumentNode {
  enum class Kind : uint8_t {
    kNull,    // JSON null; a YAML value that is left out
    kString,  // every other YAML scalar, in whatever style
    kNumber,
    kBool,
    kList,
    kObject,
    kAlias,
  };
  Span at;  // quotes and brackets included
  uint32_t extra =
      1;  // containers: nodes, itself included; aliases: the target; else see `decoded`
  Kind kind = Kind::kNull;
  bool quoted = false;   // the text stands between two quotes
  bool decoded = false;  // the text is not what stands in the source: texts_[extra]
  bool faulty = false;   // a key that was reported: its member is passed over; an object with such
                         // a merge key, which may stand for any member
};
static_assert(sizeof(DocumentNode) == 16, "a document holds up to 20,000,000 of them");

class Document;

// A value of a document; cheap to copy. Lifetime: that of the document and of its source.
class DocumentValue {
 public:
  using Kind = DocumentNode::Kind;
  struct Member;
  class Elements;
  class Members;

  DocumentValue(const Document& document, uint32_t index);

  Kind kind() const { return node().kind; }
  bool is_string() const { return kind() == Kind::kString; }
  bool is_null() const { return kind() == Kind::kNull; }
  Span at() const { return node().at; }
  // Of a scalar: the string, unescaped, or the spelling of a number or truth value. Else "".
  std::string_view text() const;
  // The place of a part of `text()`, whatever was folded, indented or escaped; far into a long text
  // that was decoded the whole value, or its first line.
  Span Part(size_t offset, size_t length) const;
  // What an object or list holds; nothing for others. Faulty members are left out.
  Elements elements() const;
  Members members() const;
  // True for an object whose members are not all known, as it has a merge key.
  bool is_partial() const { return kind() == Kind::kObject && node().faulty; }

 private:
  const DocumentNode& node() const;
  const Document* document_;
  uint32_t index_;
};

class Document {
 public:
  using Kind = DocumentNode::Kind;

  Document(const SourceText& source, bool is_yaml) : source_(source.text()), is_yaml_(is_yaml) {}
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  // REQUIRES: parsed without a syntax error.
  DocumentValue root() const { return {*this, 0}; }
  // True where a scalar is text whatever it spells, and a number or truth value by its spelling.
  bool is_yaml() const { return is_yaml_; }
  bool has_aliases() const { return has_aliases_; }
  // Hides from excerpts what key sets (a member `jwks`) and keys (an object with a member `kty`)
  // hold, but for the names of their members.
  // REQUIRES: parsed without a syntax error.
  void HideKeys(DiagnosticList& diagnostics) const;

 private:
  friend class DocumentBuilder;
  friend class DocumentValue;

  void FindKeys(uint32_t index, DiagnosticList& diagnostics) const;
  void HideValue(uint32_t index, DiagnosticList& diagnostics) const;
  // Hides the text from `from` on up to where names of members stand, and goes on after them.
  void HideAllButNames(uint32_t index, uint32_t& from, DiagnosticList& diagnostics) const;

  std::string_view source_;
  bool is_yaml_;
  bool has_aliases_ = false;
  std::vector<DocumentNode> nodes_;
  std::deque<std::string> texts_;  // a deque: views into it must last
};

struct DocumentValue::Member {
  DocumentValue key, value;
};

class DocumentValue::Elements {
 public:
  class Iterator {
   public:
    Iterator(const Document& document, uint32_t index) : document_(&document), index_(index) {}
    DocumentValue operator*() const { return {*document_, index_}; }
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const Document* document_;
    uint32_t index_;
  };
  Elements(Iterator begin, Iterator end) : begin_(begin), end_(end) {}
  Iterator begin() const { return begin_; }
  Iterator end() const { return end_; }
  bool empty() const { return begin_ == end_; }

 private:
  Iterator begin_, end_;
};

class DocumentValue::Members {
 public:
  class Iterator {
   public:
    Iterator(const Document& document, uint32_t index, uint32_t end)
        : document_(&document), index_(index), end_(end) {
      PassOverFaulty();
    }
    Member operator*() const;
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    void PassOverFaulty();
    uint32_t Next() const;
    const Document* document_;
    uint32_t index_, end_;
  };
  Members(Iterator begin, Iterator end) : begin_(begin), end_(end) {}
  Iterator begin() const { return begin_; }
  Iterator end() const { return end_; }
  bool empty() const { return begin_ == end_; }

 private:
  Iterator begin_, end_;
};

// Fills a document, value by value in the order of the text, and holds it to the limits. Functions
// that return bool say false once a limit is exceeded; that was reported then, and parsing ends.
class DocumentBuilder {
 public:
  using Kind = DocumentNode::Kind;

  // What a value comes to with its aliases expanded.
  struct Weight {
    size_t nodes = 1;
    size_t bytes = 0;   // of scalars
    size_t height = 0;  // containers inside each other
  };

  DocumentBuilder(Document& document, DiagnosticList& diagnostics)
      : document_(document), diagnostics_(diagnostics) {}

  // A scalar whose text stands in the source, between quotes if `quoted`.
  bool AddScalar(Kind kind, Span at, bool quoted);
  // A scalar whose text had to be decoded.
  bool AddDecoded(Span at, std::string text);
  bool Begin(Kind kind, Span at);
  // Ends the innermost container. `end`: where its text does; nothing: where its last value does.
  void End(std::optional<size_t> end);
  // Stands for the value at `target`, which is complete and comes to `weight`.
  bool AddAlias(Span at, uint32_t target, const Weight& weight);

  bool at_key() const;
  size_t depth() const { return open_.size(); }
  uint32_t next_index() const { return static_cast<uint32_t>(document_.nodes_.size()); }
  // Of the value that was added or ended last.
  const Weight& last_weight() const { return last_weight_; }
  // Marks a merge key, the last value, as reported, and the object that it stands in as partial.
  void MarkMergeKey(uint32_t index) {
    document_.nodes_[index].faulty = true;
    document_.nodes_[open_.back().index].faulty = true;
  }

 private:
  struct Open {
    uint32_t index;
    size_t children;
    Weight weight;
  };

  bool Add(const DocumentNode& node, const Weight& weight);
  bool CheckLimits(Span at, const Weight& weight);
  void Close(const Weight& weight, size_t end);
  void CheckKeys(uint32_t object);
  void ReportDuplicate(uint32_t key, uint32_t first);

  Document& document_;
  DiagnosticList& diagnostics_;
  std::vector<Open> open_;
  Weight total_{0, 0, 0};
  Weight last_weight_;
  size_t last_end_ = 0;
};

// Parse the source's text into `document`. False after a mistake that leaves nothing to check.
bool ParseYaml(const SourceText& source, Document& document, DiagnosticList& diagnostics);
bool ParseJson(const SourceText& source, Document& document, DiagnosticList& diagnostics);

}  // namespace doorward

#endif  // DOORWARD_POLICY_DOCUMENT_H_
