// precertificate.cpp: the bytes of a certificate that a CT log signed: its TBSCertificate without the SCT list. Cut out of the DER
// itself: to let OpenSSL decode and encode it anew costs more than to verify the SCT.
#include <algorithm>
#include <array>

#include "crypto/x509_handle.hpp"

namespace headgate::crypto {
namespace {

constexpr std::uint8_t kSequence = 0x30;
constexpr std::uint8_t kExtensions = 0xa3;           // [3] EXPLICIT, the last member of a TBSCertificate
constexpr std::array<std::uint8_t, 12> kSctOid = {0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x02};

struct Element {
    std::uint8_t tag = 0;
    ByteView whole;
    ByteView content;
};

// DER: a tag of one byte, a length in the shortest form of at most four bytes.
std::optional<Element> take_element(Reader& reader, ByteView bytes) {
    const std::size_t start = reader.offset();
    const auto head = reader.take(2);
    if (!head) return std::nullopt;
    std::uint64_t length = (*head)[1];
    if (length >= 0x80) {
        const std::size_t count = (*head)[1] - 0x80U;
        const auto longer = count >= 1 && count <= 4 ? reader.take(count) : std::nullopt;
        if (!longer || longer->front() == 0) return std::nullopt;
        length = 0;
        for (const std::uint8_t byte : *longer) length = (length << 8U) | byte;
        if (length < 0x80) return std::nullopt;
    }
    const auto content = reader.take(length);
    if (!content) return std::nullopt;
    return Element{head->front(), bytes.subspan(start, reader.offset() - start), *content};
}

std::optional<Element> only_element(ByteView bytes, std::uint8_t tag) {
    Reader reader(bytes);
    const auto element = take_element(reader, bytes);
    return element && element->tag == tag && reader.at_end() ? element : std::nullopt;
}

Bytes element_of(std::uint8_t tag, const Bytes& content) {
    Bytes der = {tag};
    if (content.size() < 0x80) {
        der.push_back(static_cast<std::uint8_t>(content.size()));
    } else {
        unsigned count = 1;
        while ((content.size() >> (8U * count)) != 0) ++count;
        der.push_back(static_cast<std::uint8_t>(0x80U + count));
        for (unsigned i = count; i-- > 0;) der.push_back(static_cast<std::uint8_t>(content.size() >> (8U * i)));
    }
    der.insert(der.end(), content.begin(), content.end());
    return der;
}

void append(Bytes& out, ByteView more) { out.insert(out.end(), more.begin(), more.end()); }

bool is_sct_list(ByteView extension) {
    return extension.size() >= kSctOid.size() && std::equal(kSctOid.begin(), kSctOid.end(), extension.begin());
}

// The list of extensions without the SCT list; nullopt if it is not in it once, or alone.
std::optional<Bytes> other_extensions(ByteView explicit_content) {
    const auto list = only_element(explicit_content, kSequence);
    if (!list) return std::nullopt;
    Bytes others;
    std::size_t removed = 0;
    Reader reader(list->content);
    while (!reader.at_end()) {
        const auto extension = take_element(reader, list->content);
        if (!extension) return std::nullopt;
        if (is_sct_list(extension->content)) {
            ++removed;
        } else {
            append(others, extension->whole);
        }
    }
    return removed == 1 && !others.empty() ? std::optional(others) : std::nullopt;
}

}  // namespace

std::optional<Bytes> Certificate::precertificate_tbs() const {
    const auto certificate = only_element(handle_->der, kSequence);
    if (!certificate) return std::nullopt;
    Reader outer(certificate->content);
    const auto tbs = take_element(outer, certificate->content);
    if (!tbs || tbs->tag != kSequence) return std::nullopt;
    Bytes content;
    bool found = false;
    Reader reader(tbs->content);
    while (!reader.at_end()) {
        const auto member = take_element(reader, tbs->content);
        if (!member || found) return std::nullopt;
        if (member->tag != kExtensions) {
            append(content, member->whole);
            continue;
        }
        const auto others = other_extensions(member->content);
        if (!others) return std::nullopt;
        append(content, element_of(kExtensions, element_of(kSequence, *others)));
        found = true;
    }
    return found ? std::optional(element_of(kSequence, content)) : std::nullopt;
}

}  // namespace headgate::crypto
