// json_scanner.hpp: strict JSON (RFC 8259) read forward, one token at a time, without a tree: for documents of a known
// shape that come by the thousand (recordings, advisories), and for parse_json, which makes the tree. Three things only the caller
// can see: duplicate keys, numbers beyond what it holds them in, and what follows the document, since another one may.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "codec/json.hpp"

namespace headgate::codec {

/// Walks through the bytes, which must outlive it. Every read either takes what it was asked for or fails; after a failure
/// nothing can be read any more, every answer is false, and problem() says what was wrong first and at which byte.
///
///     scanner.begin_object();
///     while (scanner.next_member(name)) { ... exactly one read of a value ... }
///     if (scanner.failed()) ...
class JsonScanner {
  public:
    /// What the next token begins. `end`: only white space is left. `close`: ']' or '}'. `broken`: no value begins so, or a
    /// read has failed.
    enum class Kind : std::uint8_t { object, array, text, number, boolean, null, close, end, broken };

    explicit JsonScanner(ByteView bytes, const JsonLimits& limits = {});

    Kind peek();
    bool begin_object();
    bool begin_array();
    /// The next member's name; its value is to be read next. False at the end of the object, which it takes, and on failure.
    /// The name is valid until the next name or text is read.
    bool next_member(std::string_view& name);
    /// True when another item is to be read. False at the end of the array, which it takes, and on failure.
    bool next_item();

    /// The view is valid until the next text or name is read.
    bool text(std::string_view& value);
    bool boolean(bool& value);
    /// A whole number that is not negative and fits, written without fraction and exponent.
    bool whole(std::uint64_t& value);
    /// A number of any kind, as it is spelled: a view into the bytes.
    bool number(std::string_view& spelling);
    /// Takes null; false, and nothing is taken, where something else stands.
    bool null();
    /// Takes one value of any kind with all that is in it: null and every number too. Duplicate keys in it are not looked for.
    bool skip();

    /// Fails for the caller's own reason, at the place where the scanner is.
    void fail(std::string_view what);
    bool failed() const { return failed_; }
    /// "not valid JSON: expected ',' or '}' at byte 12"; "" before any failure.
    const std::string& problem() const { return problem_; }
    /// Bytes taken so far.
    std::size_t offset() const { return at_; }

  private:
    void skip_space() {
        while (at_ < input_.size() && (input_[at_] == ' ' || input_[at_] == '\n' || input_[at_] == '\r' || input_[at_] == '\t')) ++at_;
    }
    void broken(std::string_view what);
    bool take(char wanted);
    bool expect(char wanted, std::string_view what);
    bool begin(char bracket, std::string_view what);
    bool next(char bracket);
    bool count() { return ++values_ <= limits_.values || too_many(); }
    bool too_many();
    bool string(std::string_view& value);
    bool unescape();
    bool unescape_unicode();
    bool hex4(std::uint32_t& code);
    bool word(std::string_view wanted);
    bool scalar(Kind kind);

    std::string_view input_;
    std::size_t at_ = 0;
    JsonLimits limits_;
    std::uint64_t values_ = 0;
    std::uint32_t depth_ = 0;
    bool first_ = false;         // nothing was read yet of the innermost container
    bool failed_ = false;
    std::string scratch_;        // a text with escapes, decoded
    std::string problem_;
};

}  // namespace headgate::codec
