#include "recording/binary.hpp"

#include <bit>
#include <cmath>
#include <type_traits>

#include "base/text.hpp"
#include "recording/fields.hpp"
#include "recording/invariants.hpp"
#include "recording/words.hpp"

namespace headgate::recording {
namespace {

class Writer {
  public:
    explicit Writer(std::string& out) : out_(out) {}

    template <typename T>
    void operator()(std::string_view, const T& field) { put(field); }

  private:
    template <typename Number>
    void little(Number value) {
        static_assert(std::endian::native == std::endian::little, "port me: byte order");
        out_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void count(std::size_t value) { little(static_cast<std::uint32_t>(value)); }   // more is cut by the limits of whoever reads it
    void put(bool value) { out_ += value ? '\1' : '\0'; }
    void put(std::uint64_t value) { little(value); }
    void put(std::uint32_t value) { little(value); }
    void put(std::int64_t value) { little(value); }
    void put(double value) { little(value); }
    void put(const std::string& text) {
        count(text.size());
        out_ += text;
    }
    void put(const Reference& reference) { put(reference.canonical); }
    template <template <typename> typename Shape, typename T>
        requires requires(const Shape<T>& shape) { shape.value; }
    void put(const Shape<T>& shape) { put(shape.value); }
    template <typename T>
    void put(const std::optional<T>& value) {
        put(value.has_value());
        if (value) put(*value);
    }
    template <typename T>
    void put(const std::vector<T>& list) {
        count(list.size());
        for (const T& item : list) put(item);
    }
    template <typename T>
    void put(const T& value) {
        if constexpr (std::is_enum_v<T>) {
            out_ += static_cast<char>(value);
        } else {
            fields(value, *this);
        }
    }

    std::string& out_;
};

class Values {
  public:
    Values(Reader& reader, std::uint64_t memory) : reader_(reader), memory_(memory) {}

    template <typename T>
    void operator()(std::string_view, T&& field) {
        if (problem_.empty()) take(field);
    }
    const std::string& problem() const { return problem_; }

  private:
    void fail(std::string_view what) {
        if (problem_.empty()) problem_ = what;
    }
    // An item may be written shorter than it is: what it takes is counted, not what it was written as.
    bool charge(std::uint64_t bytes) {
        if (bytes > memory_) {
            memory_ = 0;
            fail("more than the limit allows");
            return false;
        }
        memory_ -= bytes;
        return true;
    }
    template <typename Number>
    void little(Number& value) {
        const auto bytes = reader_.take(sizeof value);
        if (!bytes) return fail("it ends within a number");
        std::memcpy(&value, bytes->data(), sizeof value);
    }
    std::uint32_t count() {
        std::uint32_t value = 0;
        little(value);
        return value;
    }
    void take(bool& value) {
        const auto byte = reader_.u8();
        if (!byte || *byte > 1) return fail("a boolean that is neither");
        value = *byte == 1;
    }
    void take(std::uint64_t& value) { little(value); }
    void take(std::int64_t& value) { little(value); }
    void take(std::string& text) {
        const std::uint32_t length = count();
        const auto bytes = reader_.take(length);
        if (!bytes) return fail("a text that ends behind the end");
        if (charge(length)) text = as_text(*bytes);
    }
    void take(Reference& reference) {
        std::string text;
        take(text);
        if (!problem_.empty()) return;
        auto read = read_reference(text);
        if (!read.ok()) return fail("a reference that is not in its normal form");
        reference = std::move(read).value();
    }
    template <typename T>
    void take(NotEmpty<T>& text) { take(text.value); }
    template <typename T>
    void take(Mark<T>& mark) { take(mark.value); }
    template <typename T>
    void take(NotEmptyList<T>& list) { take(list.value); }
    template <typename T>
    void take(Sha256<T>& digest) {
        take(digest.value);
        if (problem_.empty() && !is_lower_hex(digest.value, 64)) fail("a digest that is none");
    }
    template <typename T>
    void take(MaybeSha256<T>& digest) {
        take(digest.value);
        if (problem_.empty() && !digest.value.empty() && !is_lower_hex(digest.value, 64)) fail("a digest that is none");
    }
    template <typename T>
    void take(Sha256List<T>& digests) {
        take(digests.value);
        for (const std::string& digest : digests.value) {
            if (!is_lower_hex(digest, 64)) fail("a digest that is none");
        }
    }
    template <typename T>
    void take(Checksums<T>& checksums) {
        take(checksums.value);
        for (const std::string& checksum : checksums.value) {
            if (!is_checksum(checksum)) fail("a checksum that is none");
        }
    }
    template <typename T>
    void take(Line<T>& line) {
        bool there = false;
        take(there);
        if (!there) return;
        little(line.value.emplace());
        if (line.value == 0U) fail("a line 0");
    }
    template <typename T>
    void take(Time<T>& time) { take(time.value); }
    template <typename T>
    void take(Real<T>& number) {
        little(number.value);
        if (!std::isfinite(number.value)) fail("a number that is not finite");
    }
    template <typename T>
    void take(std::optional<T>& value) {
        bool there = false;
        take(there);
        if (problem_.empty() && there) take(value.emplace());
    }
    template <typename T>
    void take(std::vector<T>& list) {
        // Nothing is reserved: how many there are, only reading them shows.
        for (std::uint32_t left = count(); left > 0 && problem_.empty(); --left) {
            if (charge(sizeof(T))) take(list.emplace_back());
        }
    }
    template <typename T>
    void take(T& value) {
        if constexpr (std::is_enum_v<T>) {
            const auto byte = reader_.u8();
            if (!byte || *byte >= Words<T>::kAll.size()) return fail("a word that is none of its set");
            value = static_cast<T>(*byte);
        } else {
            fields(value, *this);
            if (problem_.empty()) fail(contradiction(value));
        }
    }

    Reader& reader_;
    std::uint64_t memory_;
    std::string problem_;
};

}  // namespace

void write_binary(const Evidence& evidence, std::string& out) {
    Writer writer(out);
    evidence_fields(evidence, writer);
}

Result<Evidence> read_binary(Reader& reader, const BinaryLimits& limits) {
    Evidence evidence;
    Values values(reader, limits.memory);
    evidence_fields(evidence, values);
    if (!values.problem().empty()) {
        return Error{ErrorCode::malformed, "evidence, byte " + std::to_string(reader.offset()) + ": " + values.problem()};
    }
    return evidence;
}

}  // namespace headgate::recording
