// pickle_nested.cpp: literals that hold another pickle, an archive or a program, plain or as base64 or hex text
// (models.md 2.2, rule 16). Nothing in a stream loads them by itself, but nothing honest carries them either, and what is
// called later may.
#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "formats/pickle_vm.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint32_t kMostLevels = 4;
constexpr std::uint64_t kMostText = 1U << 20U;  // longer text is not decoded
constexpr std::string_view kWhy =
    "Data has no reason to carry it; whatever unpacks it runs what no reader of the outer file has seen.";

bool one_of(std::string_view set, std::uint8_t byte) { return set.find(static_cast<char>(byte)) != std::string_view::npos; }

constexpr std::array<bool, 256> table_of(std::string_view bytes) {
    std::array<bool, 256> table{};
    for (const char c : bytes) table[static_cast<unsigned char>(c)] = true;
    return table;
}
// First bytes of pickles, archives and programs, and of those in base64 and hexadecimal digits.
constexpr std::array<bool, 256> kBytesBegin = table_of("\x80""c(]}PM\x7f""gYfTU8645");
constexpr std::array<bool, 256> kTextBegins = table_of("\xc2""c(]}PgYfTU8645");

bool looks_like_base64(std::string_view text) {
    if (text.size() < 16 || text.size() > kMostText) return false;
    if (text.starts_with("gA")) return text[2] >= 'A' && text[2] <= 'X';  // 0x80 and a protocol from 0 to 5
    for (const std::string_view begin : {"Y2", "Y3", "f0VM", "TV", "UEsD"}) {
        if (text.starts_with(begin)) return true;
    }
    return false;
}

bool looks_like_hex(std::string_view text) {
    if (text.size() < 8 || text.size() > kMostText) return false;
    for (const std::string_view begin : {"800", "63", "504b0304", "504B0304", "7f454c46", "7F454C46", "4d5a", "4D5A"}) {
        if (text.starts_with(begin)) return true;
    }
    return false;
}

std::optional<Bytes> decode_base64(std::string_view text) {
    std::string padded(text);
    std::replace(padded.begin(), padded.end(), '-', '+');
    std::replace(padded.begin(), padded.end(), '_', '/');
    padded.erase(std::remove(padded.begin(), padded.end(), '\n'), padded.end());
    while (padded.size() % 4 != 0) padded.push_back('=');
    return from_base64(padded);
}

std::optional<Bytes> decode_latin1(std::string_view text) {
    Bytes out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<std::uint8_t>(text[i]);
        if (c < 0x80) {
            out.push_back(c);
        } else if ((c == 0xc2 || c == 0xc3) && i + 1 < text.size()) {
            out.push_back(static_cast<std::uint8_t>((static_cast<unsigned>(c) << 6U) | (static_cast<std::uint8_t>(text[++i]) & 0x3fU)));
        } else {
            return std::nullopt;
        }
    }
    return out;
}

bool plain_import(const Import& import) {
    for (const std::string* text : {&import.module, &import.name}) {
        if (text->empty()) return false;
        for (const char c : *text) {
            if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.')) return false;
        }
    }
    return true;
}

/// What a program or archive calls itself, "" for anything else.
std::string_view other_kind(ByteSource& content) {
    const auto head = content.view(0, std::min<std::uint64_t>(64, content.size()));
    if (!head || head->size() < 8) return {};
    if (starts_with(*head, "\x7f" "ELF")) {
        const ByteView id = *head;
        return (id[4] == 1 || id[4] == 2) && (id[5] == 1 || id[5] == 2) && id[6] == 1 ? "an ELF program" : "";
    }
    if (starts_with(*head, "MZ") && head->size() == 64) {
        Reader reader(head->subspan(0x3c));
        const auto signature = content.view(*reader.u32le(), 4);
        return signature && as_text(*signature) == std::string_view("PE\0\0", 4) ? "a Windows program" : "";
    }
    if (starts_with(*head, "PK\x03\x04")) {
        const std::uint64_t length = std::min<std::uint64_t>(content.size(), 65'557);
        const auto tail = content.view(content.size() - length, length);
        return tail && as_text(*tail).find("PK\x05\x06") != std::string_view::npos ? "a zip archive" : "";
    }
    return {};
}

}  // namespace

bool PickleVm::begins_something(std::uint8_t first, Kind kind) {
    return kind == Kind::bytes ? kBytesBegin[first] : kTextBegins[first];
}

void PickleVm::look_inside(Kind kind, std::uint64_t offset, std::uint64_t length) {
    const auto head = source_.view(offset, std::min<std::uint64_t>(length, 4));
    if (!head || head->size() < 4) return;
    const auto whole = [&]() { return source_.view(offset, length); };
    if (kind == Kind::bytes || (*head)[0] != 0xc2) {
        SliceSource content(source_, offset, length);
        look_at_bytes(content, kind == Kind::bytes ? "a bytes literal" : "a str literal");
    } else if ((*head)[1] == 0x80 && length <= kMostText) {  // Python 2 and protocol 2 write bytes as Latin-1 text
        const auto text = whole();
        const auto bytes = text ? decode_latin1(as_text(*text)) : std::nullopt;
        if (!bytes) return;
        MemorySource content(*bytes);
        look_at_bytes(content, "a str literal");
        return;
    }
    if (length > kMostText) return;
    const auto view = whole();
    if (!view) return;
    const std::string_view text = as_text(*view);
    std::optional<Bytes> decoded;
    if (looks_like_base64(text)) decoded = decode_base64(text);
    if (!decoded && looks_like_hex(text)) decoded = from_hex(text);
    if (!decoded) return;
    MemorySource content(*decoded);
    look_at_bytes(content, "a base64 or hex literal");
}

void PickleVm::look_at_bytes(ByteSource& content, std::string_view how) {
    if (look_for_pickle(content, how)) return;
    const std::string_view kind = other_kind(content);
    if (kind.empty()) return;
    facts_.finding(kind == "a zip archive" ? "nested-archive" : "nested-program",
                   std::string(how) + " holds " + std::string(kind), at_, kWhy);
}

bool PickleVm::look_for_pickle(ByteSource& content, std::string_view how) {
    const auto head = content.view(0, std::min<std::uint64_t>(2, content.size()));
    const auto last = content.size() > 0 ? content.view(content.size() - 1, 1) : std::nullopt;
    if (!head || head->size() < 2 || !last) return false;
    const bool proto = (*head)[0] == 0x80 && (*head)[1] <= 5;
    const bool stops = (*last)[0] == '.';
    if (!proto && !(stops && one_of("c(]}", (*head)[0]))) return false;
    if (level_ >= kMostLevels) {
        facts_.unscannable("pickles in literals of pickles are nested too deep", at_);
        return true;
    }
    Evidence evidence;
    ParseContext context = facts_.context().inside("literal at " + std::to_string(at_));
    ParseContext apart{context.limits, context.budget, evidence, context.path, context.member, context.depth, context.sha256_hex};
    PickleFacts facts(apart);
    PickleVm inner(content, facts, level_ + 1);
    const StreamEnd ended = inner.run(0);
    if (ended.status != StreamEnd::Status::stopped) return false;
    const bool imports = std::any_of(evidence.imports.begin(), evidence.imports.end(), plain_import);
    if (!imports && !(proto && ended.at == content.size())) return false;
    facts_.finding("nested-stream", std::string(how) + " of " + std::to_string(content.size()) + " bytes is itself a pickle",
                   at_, kWhy);
    facts_.context().evidence.merge(std::move(evidence));
    return true;
}

}  // namespace headgate::formats
