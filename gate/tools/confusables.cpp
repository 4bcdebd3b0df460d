// confusables: ICU's data -> the table of checkers/confusables.hpp, that is embedded in the binary. Runs while building; the only
// program here that loads ICU.
//
// usage: headgate_confusables OUTPUT.bin
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kReading = 8;

std::u16string normalised(const UNormalizer2* form, const std::u16string& text) {
    UErrorCode status = U_ZERO_ERROR;
    std::array<char16_t, 128> buffer{};
    const int32_t length = unorm2_normalize(form, text.data(), static_cast<int32_t>(text.size()), buffer.data(), buffer.size(), &status);
    return U_SUCCESS(status) ? std::u16string(buffer.data(), static_cast<std::size_t>(length)) : text;
}

/// The text without marks and without what cannot be seen. nullopt if that is not ASCII, or too long.
std::optional<std::string> plain(const std::u16string& text) {
    std::string read;
    for (std::size_t at = 0; at < text.size(); ++at) {
        UChar32 c = text[at];
        if (U16_IS_LEAD(text[at]) && at + 1 < text.size()) c = 0x10000 + ((c - 0xD800) << 10) + (text[++at] - 0xDC00);
        const int8_t kind = u_charType(c);
        if (kind == U_NON_SPACING_MARK || kind == U_ENCLOSING_MARK || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) continue;
        if (c <= 0x20 || c >= 0x7F) return std::nullopt;
        read += static_cast<char>(c);
    }
    return read.size() <= kReading ? std::optional(read) : std::nullopt;
}

/// What the code point reads like: its skeleton (compared in NFD, UTS #39, section 4), else its compatibility form (full-width letters).
std::optional<std::string> reading(const USpoofChecker* checker, UChar32 code_point) {
    std::u16string one(2, u'\0');
    int32_t units = 0;
    UBool failed = false;
    U16_APPEND(one.data(), units, 2, code_point, failed);
    one.resize(static_cast<std::size_t>(units));
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* const nfd = unorm2_getNFDInstance(&status);
    const UNormalizer2* const nfkd = unorm2_getNFKDInstance(&status);
    std::array<char16_t, 128> buffer{};
    const int32_t length = uspoof_getSkeleton(checker, 0, one.data(), static_cast<int32_t>(one.size()), buffer.data(), buffer.size(), &status);
    if (failed || U_FAILURE(status)) return std::nullopt;
    const auto read = plain(normalised(nfd, {buffer.data(), static_cast<std::size_t>(length)}));
    return read ? read : plain(normalised(nfkd, one));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: headgate_confusables OUTPUT.bin\n";
        return 4;
    }
    UErrorCode status = U_ZERO_ERROR;
    USpoofChecker* const checker = uspoof_open(&status);
    if (U_FAILURE(status)) {
        std::cerr << "ICU: " << u_errorName(status) << '\n';
        return 2;
    }
    std::string rows;
    std::uint32_t count = 0;
    const auto append = [](std::string& to, std::uint32_t value) {
        for (unsigned shift = 0; shift < 32; shift += 8) to += static_cast<char>(value >> shift);
    };
    for (UChar32 code_point = 0x80; code_point <= 0x10FFFF; ++code_point) {
        if ((code_point >= 0xD800 && code_point <= 0xDFFF) || !u_isdefined(code_point)) continue;
        const auto read = reading(checker, code_point);
        if (!read) continue;
        append(rows, static_cast<std::uint32_t>(code_point));
        rows += *read + std::string(kReading - read->size(), '\0');
        ++count;
    }
    uspoof_close(checker);
    std::string file = "HGCONF01";
    append(file, count);
    file += rows;
    std::ofstream output(argv[1], std::ios::binary);
    output.write(file.data(), static_cast<std::streamsize>(file.size()));
    output.close();
    if (!output || count < 1000) {
        std::cerr << argv[1] << ": cannot be written, or ICU has no data\n";
        return 2;
    }
    return 0;
}
