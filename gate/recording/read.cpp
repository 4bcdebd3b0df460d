// read.cpp: a recording, read by the table of fields.hpp over a scanner: no tree is built on the way.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <type_traits>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "codec/json_scanner.hpp"
#include "recording/fields.hpp"
#include "recording/invariants.hpp"
#include "recording/recording.hpp"
#include "recording/references.hpp"
#include "recording/words.hpp"

namespace headgate::recording {
namespace {

using codec::JsonScanner;

constexpr std::size_t kMaxFields = 64;   // of one object
constexpr std::size_t kShown = 80;       // bytes of a value in a message

// Whether the key may be missing.
template <typename T>
struct MayBeMissing : std::false_type {};
template <typename T>
struct MayBeMissing<std::optional<T>> : std::true_type {};
template <typename T>
struct MayBeMissing<NotEmpty<T>> : std::true_type {};
template <typename T>
struct MayBeMissing<Mark<T>> : std::true_type {};
template <typename T>
struct MayBeMissing<NotEmptyList<T>> : std::true_type {};
template <typename T>
struct MayBeMissing<MaybeSha256<T>> : std::true_type {};
template <typename T>
struct MayBeMissing<Line<T>> : std::true_type {};
template <typename T>
struct MayBeMissing<Time<T>> : std::true_type {};

std::string_view kind_name(JsonScanner::Kind kind) {
    switch (kind) {
        case JsonScanner::Kind::object: return "an object";
        case JsonScanner::Kind::array: return "an array";
        case JsonScanner::Kind::text: return "a text";
        case JsonScanner::Kind::number: return "a number";
        case JsonScanner::Kind::boolean: return "true or false";
        case JsonScanner::Kind::null: return "null";
        case JsonScanner::Kind::end: return "the end";
        case JsonScanner::Kind::close:
        case JsonScanner::Kind::broken: break;
    }
    return "no value";
}

std::string quoted(std::string_view text) { return "\"" + escape_terminal(text, kShown) + "\""; }

// Reads values. The first failure says what was wrong; on the way out each object and array puts its part in front of where.
class Values {
  public:
    explicit Values(JsonScanner& scanner) : scanner_(scanner) {}

    bool object(auto& value);
    std::string problem() const { return (where_.empty() ? "" : where_ + ": ") + what_; }

  private:
    template <typename Value>
    friend class Members;

    bool fail(std::string what) {
        if (scanner_.failed()) what = scanner_.problem();
        if (what_.empty()) what_ = std::move(what);
        return false;
    }
    bool expected(std::string_view what) { return fail("expected " + std::string(what) + ", found " + std::string(kind_name(scanner_.peek()))); }
    bool expected(std::string_view what, std::string_view found) { return fail("expected " + std::string(what) + ", found " + quoted(found)); }
    bool below(std::string_view key) {
        std::string escaped;
        for (const char c : key) escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
        where_.insert(0, "/" + escaped);
        return false;
    }

    // A text, valid until the next one is read. `spare` holds it when it is written as base64.
    bool text(std::string_view& value, std::string& spare);
    bool plain(std::string_view what, std::string_view& value) {
        if (scanner_.peek() != JsonScanner::Kind::text) return expected(what);
        return scanner_.text(value) || fail({});
    }
    bool hex(std::string& value) {
        constexpr std::string_view kWhat = "64 lower-case hex digits";
        std::string_view found;
        if (!plain(kWhat, found)) return false;
        if (!is_lower_hex(found, 64)) return expected(kWhat, found);
        value = found;
        return true;
    }
    template <typename Item, typename Take>
    bool list(std::vector<Item>& items, Take take_item) {
        if (scanner_.peek() != JsonScanner::Kind::array) return expected("an array");
        if (!scanner_.begin_array()) return fail({});
        while (scanner_.next_item()) {
            if (!take_item(items.emplace_back())) return below(std::to_string(items.size() - 1));
        }
        return !scanner_.failed() || fail({});
    }

    bool take(std::string& value) {
        std::string_view found;
        if (!text(found, value)) return false;
        if (found.data() != value.data()) value = found;
        return true;
    }
    bool take(bool& value) {
        if (scanner_.peek() != JsonScanner::Kind::boolean) return expected("true or false");
        return scanner_.boolean(value) || fail({});
    }
    bool take(std::uint64_t& value) {
        if (scanner_.peek() != JsonScanner::Kind::number) return expected("a whole number");
        return scanner_.whole(value) || fail({});
    }
    bool take(Reference& reference);
    bool take(Constant& constant) {
        std::string_view found;
        return plain("a text", found) && (found == constant.value || expected(quoted(constant.value), found));
    }
    bool take(Mark<bool>& mark) {
        return take(mark.value) && (mark.value || fail("expected true, or no such key"));
    }
    bool take(NotEmpty<std::string>& text_shape) {
        return take(text_shape.value) && (!text_shape.value.empty() || fail("expected a text that is not empty, or no such key"));
    }
    template <typename T>
    bool take(NotEmptyList<T>& items) {
        return take(items.value) && (!items.value.empty() || fail("expected a list that is not empty, or no such key"));
    }
    bool take(Sha256<std::string>& digest) { return hex(digest.value); }
    bool take(MaybeSha256<std::string>& digest) { return hex(digest.value); }
    bool take(Sha256List<std::vector<std::string>>& digests) {
        return list(digests.value, [&](std::string& item) { return hex(item); });
    }
    bool take(Checksums<std::vector<std::string>>& checksums) {
        constexpr std::string_view kWhat = "ALGORITHM:HEX (md5, sha1, sha256, sha384, sha512 or h1, with all its lower-case digits)";
        return list(checksums.value, [&](std::string& item) {
            return take(item) && (is_checksum(item) || expected(kWhat, item));
        });
    }
    bool take(Real<double>& number) {
        constexpr std::string_view kWhat = "a number, written as a text";
        std::string_view found;
        if (!plain(kWhat, found)) return false;
        const auto [end, problem] = std::from_chars(found.data(), found.data() + found.size(), number.value);
        const bool read = problem == std::errc{} && end == found.data() + found.size() && std::isfinite(number.value);
        return read || expected(kWhat, found);
    }
    bool take(Line<std::optional<std::uint32_t>>& line) {
        std::uint64_t value = 0;
        if (!take(value)) return false;
        if (value == 0 || value > UINT32_MAX) return expected("the number of a line, from 1", std::to_string(value));
        line.value = static_cast<std::uint32_t>(value);
        return true;
    }
    bool take(Time<std::optional<std::int64_t>>& time);
    template <typename T>
    bool take(std::optional<T>& value) { return take(value.emplace()); }
    template <typename T>
    bool take(std::vector<T>& items) {
        return list(items, [&](T& item) { return take(item); });
    }
    template <typename T>
    bool take(T& value) {
        if constexpr (std::is_enum_v<T>) {
            return word(value);
        } else {
            return object(value);
        }
    }
    template <typename Enum>
    bool word(Enum& value);

    JsonScanner& scanner_;
    std::string what_;
    std::string where_;                  // JSON Pointer
};

// One object while it is read. Each walk over the table takes the members that come in its order; what write() wrote needs one
// walk, another order a few more, and a walk that takes nothing has met a key that is none.
template <typename Value>
class Members {
  public:
    explicit Members(Values& values) : values_(values) {}

    bool read(Value& value) {
        if (!next()) return false;
        do {
            at_ = 0;
            moved_ = false;
            fields(value, *this);
        } while (ok_ && pending_ && moved_);
        if (!ok_) return false;
        if (pending_) return unknown();
        for (std::size_t i = 0; i < at_; ++i) {
            if ((required_ & ~taken_ & bit(i)) != 0) return values_.fail("the key " + quoted(names_[i]) + " is missing");
        }
        const std::string_view wrong = contradiction(value);
        return wrong.empty() || values_.fail(std::string(wrong));
    }

    template <typename T>
    void operator()(std::string_view name, T&& field) {
        const std::size_t i = at_++;
        names_[i] = name;
        if constexpr (!MayBeMissing<std::remove_cvref_t<T>>::value) required_ |= bit(i);
        if (!ok_ || !pending_ || key_ != name) return;
        if ((taken_ & bit(i)) != 0) {
            ok_ = values_.fail("the key " + quoted(name) + " is there twice");
            return;
        }
        taken_ |= bit(i);
        moved_ = true;
        ok_ = values_.take(field) ? next() : values_.below(name);
    }

  private:
    static constexpr std::uint64_t bit(std::size_t i) { return std::uint64_t{1} << i; }
    bool next() {
        pending_ = values_.scanner_.next_member(key_);
        return !values_.scanner_.failed() || values_.fail({});
    }
    bool unknown() {
        std::string what = "unknown key " + quoted(key_);
        const auto near = nearest(key_, {names_.data(), at_});
        if (near) what += "; did you mean " + quoted(*near) + "?";
        return values_.fail(std::move(what));
    }

    Values& values_;
    std::string_view key_;               // of the member whose value comes next
    bool pending_ = false;
    bool ok_ = true;
    bool moved_ = false;
    std::size_t at_ = 0;
    std::uint64_t required_ = 0;
    std::uint64_t taken_ = 0;
    std::array<std::string_view, kMaxFields> names_;
};

bool Values::object(auto& value) {
    if (scanner_.peek() != JsonScanner::Kind::object) return expected("an object");
    if (!scanner_.begin_object()) return fail({});
    return Members<std::remove_cvref_t<decltype(value)>>(*this).read(value);
}

bool Values::text(std::string_view& value, std::string& spare) {
    if (scanner_.peek() == JsonScanner::Kind::text) return scanner_.text(value) || fail({});
    if (scanner_.peek() != JsonScanner::Kind::object) return expected("a text");
    constexpr std::string_view kWhat = R"(a text, or {"base64": "..."} of one that is not UTF-8)";
    std::string_view key;
    if (!scanner_.begin_object()) return fail({});
    if (!scanner_.next_member(key) || key != "base64") return scanner_.failed() ? fail({}) : expected(kWhat);
    std::string_view encoded;
    if (!plain("base64", encoded)) return below("base64");
    const auto bytes = from_base64(encoded);
    if (!bytes || is_utf8(as_text(*bytes))) return expected("base64 of text that is not UTF-8", encoded) || below("base64");
    spare = as_text(*bytes);
    value = spare;
    if (scanner_.next_member(key)) return fail("unknown key " + quoted(key));
    return !scanner_.failed() || fail({});
}

bool Values::take(Reference& reference) {
    std::string_view found;
    std::string spare;
    if (!text(found, spare)) return false;
    auto read = read_reference(found);
    if (!read.ok()) return fail("expected a reference in its normal form, found " + quoted(found) + ": " + escape_terminal(read.error().message, 200));
    reference = std::move(read).value();
    return true;
}

bool Values::take(Time<std::optional<std::int64_t>>& time) {
    constexpr std::string_view kWhat = "a time as 2026-11-23T10:00:00Z";
    std::string_view found;
    if (!plain(kWhat, found)) return false;
    const auto instant = parse_instant(found);
    if (!instant || format_instant(*instant) != found) return expected(kWhat, found);
    time.value = instant->seconds;
    return true;
}

template <typename Enum>
bool Values::word(Enum& value) {
    constexpr const auto& kAll = Words<Enum>::kAll;
    std::string_view found;
    const auto list_all = [] {
        std::string all = "one of";
        for (const std::string_view one : Words<Enum>::kAll) all += (one == Words<Enum>::kAll.front() ? " " : ", ") + std::string(one);
        return all;
    };
    if (scanner_.peek() != JsonScanner::Kind::text) return expected(list_all());
    if (!scanner_.text(found)) return fail({});
    for (std::size_t i = 0; i < kAll.size(); ++i) {
        if (kAll[i] != found) continue;
        value = static_cast<Enum>(i);
        return true;
    }
    return expected(list_all(), found);
}

}  // namespace

Result<std::vector<Recording>> read(ByteView bytes, const ReadLimits& limits) {
    codec::JsonLimits json_limits;
    json_limits.bytes = limits.bytes;
    json_limits.values = limits.values;
    JsonScanner scanner(bytes, json_limits);
    std::vector<Recording> recordings;
    // No more than there are lines, nor than could fit: a recording of nothing is longer than this.
    constexpr std::size_t kLeastBytes = 400;
    const std::string_view text = as_text(bytes);
    recordings.reserve(1 + std::min<std::size_t>(bytes.size() / kLeastBytes, static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'))));
    while (scanner.peek() != JsonScanner::Kind::end) {
        Values values(scanner);
        const auto refuse = [&](std::size_t offset, const std::string& what) {
            return Error{ErrorCode::malformed,
                         "recording " + std::to_string(recordings.size()) + ", byte " + std::to_string(offset) + ": " + what};
        };
        if (!values.object(recordings.emplace_back())) return refuse(scanner.offset(), values.problem());
        const std::size_t end = scanner.offset();
        if (scanner.peek() == JsonScanner::Kind::end) break;
        const std::string_view between = text.substr(end, scanner.offset() - end);
        if (between.find('\n') == std::string_view::npos) {
            return refuse(end, "more behind its end; each recording is on a line of its own");
        }
    }
    if (recordings.empty()) return Error{ErrorCode::malformed, "no recording: expected what `headgate facts` prints"};
    return recordings;
}

}  // namespace headgate::recording
