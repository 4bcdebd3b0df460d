#include "formats/package_archive.hpp"

#include <map>
#include <set>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "formats/code_kind.hpp"
#include "formats/member_names.hpp"
#include "formats/package_python.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {
namespace {

struct Content {
    std::string sha256;
    std::uint64_t size = 0;
    bool read = false;
};

/// Signatures over RECORD cannot be listed in it.
bool may_be_unlisted(std::string_view path, std::string_view info) {
    return path == std::string(info) + "/RECORD.jws" || path == std::string(info) + "/RECORD.p7s";
}

class WheelReader {
  public:
    WheelReader(ByteSource& source, const ZipDirectory& directory, const std::string& info, ParseContext& context)
        : source_(source), directory_(directory), info_(info), record_(info + "/RECORD"), context_(context) {}

    Examined run() {
        context_.format("wheel", false, true);
        const PackageWords* const words = context_.package_words == nullptr ? nullptr : context_.package_words();
        if (words != nullptr) {
            traits_.emplace(*words, info_, context_);
        } else {
            all_ = Examined::partly;
            context_.opaque("the lists of rules/content are not at hand: what the wheel does when it is imported cannot be told", source_.size());
        }
        for (const ZipEntry& entry : directory_.entries) read_member(entry);
        if (context_.sha256_hex == nullptr) {
            context_.opaque("the digests of RECORD cannot be computed here", source_.size());
            return Examined::partly;
        }
        if (traits_) traits_->finish();
        read_record();
        for (const auto& [path, content] : contents_) {
            if (listed_.count(path) == 0 && !may_be_unlisted(path, info_)) claim(path, DigestClaim::Outcome::unlisted, 0);
        }
        return all_;
    }

  private:
    void read_member(const ZipEntry& entry) {
        if (entry.folder && entry.size == 0) return add_member(context_, entry.name, 0);
        ParseContext inner = context_.inside(entry.name);
        Content& known = contents_[entry.name];
        const Examined examined = with_member(source_, entry, context_, [&](ByteSource& content) {
            const auto bytes = content.all();
            if (!bytes) return Examined::partly;
            known.size = bytes->size();
            known.read = true;
            if (context_.sha256_hex != nullptr) known.sha256 = context_.sha256_hex(*bytes);
            if (entry.name == record_) record_text_ = std::string(as_text(*bytes));
            const std::string_view code = code_kind(bytes->first(std::min<std::size_t>(bytes->size(), 4096)), inner.name());
            if (!code.empty()) inner.format(std::string(code), false, true);
            if (traits_) traits_->member(entry.name, *bytes, inner);
            return Examined::whole;
        });
        if (examined == Examined::partly) all_ = Examined::partly;
        if (!known.read && entry.readable) {
            context_.unscannable("wheel", "member \"" + entry.name + "\" cannot be read", inner.whole());
        }
        add_member(context_, entry.name, known.read ? known.size : entry.size, known.sha256);
    }

    void read_record() {
        ParseContext inner = context_.inside(record_);
        std::uint32_t number = 0;
        for (const std::string_view line : split_lines(record_text_)) {
            ++number;
            if (line.empty()) continue;
            const auto fields = is_utf8(line) ? read_record_line(line) : std::nullopt;
            if (!fields) {
                broken(inner, number, "line " + std::to_string(number) + " of RECORD is not path, hash and size");
                continue;
            }
            if (!listed_.insert(fields->path).second) {
                broken(inner, number, "RECORD lists \"" + fields->path + "\" twice");
                continue;
            }
            if (fields->path == record_ && fields->hash.empty()) continue;
            check(*fields, number);
        }
    }

    void check(const RecordLine& line, std::uint32_t number) {
        const auto found = contents_.find(line.path);
        if (found == contents_.end()) return claim(line.path, DigestClaim::Outcome::missing, number);
        const auto expected = record_sha256(line.hash);
        if (!expected) {
            ParseContext inner = context_.inside(record_);
            return broken(inner, number, "RECORD pins \"" + line.path + "\" with \"" + line.hash + "\", which is no sha256");
        }
        const bool size_agrees = line.size.empty() || line.size == std::to_string(found->second.size);
        const bool same = found->second.read && *expected == found->second.sha256 && size_agrees;
        claim(line.path, same ? DigestClaim::Outcome::matches : DigestClaim::Outcome::differs, number);
    }

    void claim(const std::string& about, DigestClaim::Outcome outcome, std::uint32_t line) {
        if (outcome != DigestClaim::Outcome::matches) all_ = Examined::partly;
        Location where = context_.inside(record_).whole();
        if (line != 0) where.line = line;
        if (outcome != DigestClaim::Outcome::matches && ++failures_ <= ContainerReport::kMost) {
            const char* what = outcome == DigestClaim::Outcome::missing    ? "is not in the wheel"
                               : outcome == DigestClaim::Outcome::unlisted ? "is in the wheel but not in RECORD"
                                                                           : "does not have the digest or size of RECORD";
            context_.finding("wheel.record", Severity::high, "\"" + about + "\" " + what, where,
                             "A wheel whose members differ from its RECORD was changed after it was built.",
                             "Build the wheel again, or take it from its index.");
        }
        if (context_.evidence.digest_claims.size() < context_.limits.facts) {
            context_.evidence.digest_claims.push_back({std::move(where), about, outcome});
        }
    }

    void broken(ParseContext& inner, std::uint32_t line, std::string message) {
        all_ = Examined::partly;
        if (++failures_ > ContainerReport::kMost) return;
        Location where = inner.whole();
        where.line = line;
        context_.finding("wheel.record", Severity::high, std::move(message), std::move(where),
                         "Installers differ on what such a RECORD pins.", "Build the wheel again with a standard backend.");
    }

    ByteSource& source_;
    const ZipDirectory& directory_;
    std::string info_;
    std::string record_;
    ParseContext& context_;
    std::map<std::string, Content, std::less<>> contents_;
    std::set<std::string, std::less<>> listed_;
    std::string record_text_;
    std::optional<WheelTraits> traits_;
    std::uint32_t failures_ = 0;
    Examined all_ = Examined::whole;
};

}  // namespace

std::optional<std::string> wheel_info(const ZipDirectory& directory) {
    std::set<std::string, std::less<>> records, wheels;
    for (const ZipEntry& entry : directory.entries) {
        const std::string_view folder = top_folder(entry.name);
        if (!folder.ends_with(".dist-info")) continue;
        const std::string_view rest = std::string_view(entry.name).substr(folder.size());
        if (rest == "/RECORD") records.insert(std::string(folder));
        if (rest == "/WHEEL") wheels.insert(std::string(folder));
    }
    if (records.size() != 1 || wheels != records) return std::nullopt;
    return *records.begin();
}

Examined examine_wheel(ByteSource& source, const ZipDirectory& directory, const std::string& info, ParseContext& context) {
    return WheelReader(source, directory, info, context).run();
}

std::optional<RecordLine> read_record_line(std::string_view line) {
    std::vector<std::string> fields;
    std::size_t at = 0;
    for (;;) {
        std::string field;
        if (at < line.size() && line[at] == '"') {
            for (++at;; ++at) {
                if (at >= line.size()) return std::nullopt;
                if (line[at] != '"') {
                    field += line[at];
                } else if (at + 1 < line.size() && line[at + 1] == '"') {
                    field += '"';
                    ++at;
                } else {
                    ++at;
                    break;
                }
            }
            if (at < line.size() && line[at] != ',') return std::nullopt;
        } else {
            while (at < line.size() && line[at] != ',') field += line[at++];
        }
        fields.push_back(std::move(field));
        if (at >= line.size()) break;
        ++at;  // the comma
    }
    if (fields.size() != 3) return std::nullopt;
    return RecordLine{std::move(fields[0]), std::move(fields[1]), std::move(fields[2])};
}

std::optional<std::string> record_sha256(std::string_view hash) {
    if (!hash.starts_with("sha256=")) return std::nullopt;
    std::string base64(hash.substr(7));
    for (char& c : base64) {
        if (c == '+' || c == '/' || c == '=') return std::nullopt;
        if (c == '-') c = '+';
        if (c == '_') c = '/';
    }
    while (base64.size() % 4 != 0) base64 += '=';
    const auto bytes = from_base64(base64);
    if (!bytes || bytes->size() != 32) return std::nullopt;
    return to_hex(*bytes);
}

}  // namespace headgate::formats
