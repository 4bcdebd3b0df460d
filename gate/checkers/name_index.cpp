#include "checkers/name_index.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "checkers/name_forms.hpp"

namespace headgate::checkers {
namespace {

constexpr std::string_view kMagic = "HGNAMES3";
constexpr std::size_t kHeader = 28;

void append(Bytes& bytes, std::uint32_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::vector<std::uint64_t> near_hashes(std::string_view ecosystem, std::string_view name) {
    std::vector<std::uint64_t> hashes;
    const std::string plain = without_separators(name);
    if (plain.size() >= kShortestTarget && name.size() <= kLongestTarget) {
        hash_deletions(plain, hashes);
        hashes.push_back(hash_form(Form::near, plain));
        hashes.push_back(hash_form(Form::look_alike, look_alike_form(plain)));
        hashes.push_back(hash_letters(plain));
        const std::string tokens = sorted_tokens(name);
        if (!tokens.empty()) hashes.push_back(hash_form(Form::tokens, tokens));
        const std::string_view basename = scope_basename(name);
        if (!basename.empty()) hashes.push_back(hash_form(Form::basename, without_separators(basename)));
        const std::string bare = without_language(ecosystem, name);
        if (!bare.empty()) hashes.push_back(hash_form(Form::language, without_separators(bare)));
    }
    return hashes;
}

}  // namespace

std::optional<NameIndex> NameIndex::open(ByteView bytes) {
    if (bytes.size() < kHeader || !starts_with(bytes, kMagic)) return std::nullopt;
    NameIndex index;
    index.bytes_ = bytes;
    index.names_ = index.word(8);
    index.entries_ = index.word(12);
    index.bucket_bits_ = index.word(16);
    const std::uint64_t text = index.word(20);
    if (index.names_ > 0xFFFF || index.bucket_bits_ < 1 || index.bucket_bits_ > 24) return std::nullopt;
    const std::uint64_t buckets = (1ULL << index.bucket_bits_) + 1;
    const std::uint64_t size = kHeader + 4ULL * (index.names_ + 1ULL) + 4ULL * buckets + 4ULL * index.entries_ + text;
    if (size != bytes.size()) return std::nullopt;
    index.names_at_ = kHeader;
    index.buckets_at_ = index.names_at_ + 4 * (std::size_t{index.names_} + 1);
    index.entries_at_ = index.buckets_at_ + 4 * static_cast<std::size_t>(buckets);
    index.text_at_ = index.entries_at_ + 4 * std::size_t{index.entries_};
    return index;
}

std::string_view NameIndex::name(std::uint32_t number) const {
    if (number >= names_) return {};
    const std::size_t begin = word(names_at_ + 4 * std::size_t{number});
    const std::size_t end = word(names_at_ + 4 * (std::size_t{number} + 1));
    const std::string_view text = as_text(bytes_.subspan(text_at_));
    if (begin > end || end > text.size()) return {};
    return text.substr(begin, end - begin);
}

std::optional<std::uint32_t> NameIndex::find(std::string_view wanted) const {
    std::optional<std::uint32_t> found;
    candidates(hash_form(Form::exact, wanted), [&](std::uint32_t number) {
        if (name(number) == wanted) found = number;
    });
    return found;
}

Bytes build_name_index(std::string_view ecosystem, const std::vector<std::string>& names, Instant as_of, Lookups lookups) {
    assert(names.size() <= 0xFFFF);
    std::vector<std::pair<std::uint64_t, std::uint32_t>> entries;
    for (std::uint32_t number = 0; number < names.size(); ++number) {
        const std::string& name = names[number];
        entries.emplace_back(hash_form(Form::exact, name), number);
        if (lookups == Lookups::repositories) {
            entries.emplace_back(hash_form(Form::basename, std::string_view(name).substr(name.rfind('/') + 1)), number);
        } else {
            for (const std::uint64_t hash : near_hashes(ecosystem, name)) entries.emplace_back(hash, number);
        }
    }
    std::sort(entries.begin(), entries.end());
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
    std::uint32_t bucket_bits = 1;
    while (bucket_bits < 20 && (4ULL << bucket_bits) < entries.size()) ++bucket_bits;

    std::string text;
    Bytes bytes(kMagic.begin(), kMagic.end());
    append(bytes, static_cast<std::uint32_t>(names.size()));
    append(bytes, static_cast<std::uint32_t>(entries.size()));
    append(bytes, bucket_bits);
    const std::size_t size_at = bytes.size();
    append(bytes, 0);
    append(bytes, static_cast<std::uint32_t>(as_of.seconds / 86'400));
    for (const std::string& name : names) {
        append(bytes, static_cast<std::uint32_t>(text.size()));
        text += name;
    }
    append(bytes, static_cast<std::uint32_t>(text.size()));
    for (unsigned i = 0; i < 4; ++i) bytes[size_at + i] = static_cast<std::uint8_t>(text.size() >> (8 * i));
    std::uint32_t next = 0;
    for (std::uint64_t bucket = 0; bucket < (1ULL << bucket_bits); ++bucket) {
        while (next < entries.size() && entries[next].first >> (64U - bucket_bits) < bucket) ++next;
        append(bytes, next);
    }
    append(bytes, static_cast<std::uint32_t>(entries.size()));
    for (const auto& [hash, number] : entries) {
        append(bytes, (static_cast<std::uint32_t>(hash & 0xFFFFU) << 16U) | number);
    }
    bytes.insert(bytes.end(), text.begin(), text.end());
    return bytes;
}

}  // namespace headgate::checkers
