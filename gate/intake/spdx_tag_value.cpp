// SPDX 2.2 and 2.3 as tag-value: lines "Tag: value", where a value may be <text>of several lines</text>. PackageName begins a
// package, FileName and SnippetSPDXID what is none.
#include <algorithm>

#include "base/text.hpp"
#include "intake/spdx.hpp"

namespace headgate::intake::spdx {
namespace {

constexpr std::string_view kOpen = "<text>";
constexpr std::string_view kClose = "</text>";

class Reader {
  public:
    explicit Reader(IntakeContext& context) : context_(context) {}

    bool read(std::string_view text) {
        const auto lines = split_lines(text);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            line_ = static_cast<std::uint32_t>(i) + 1;
            if (!context_.room()) return false;
            const std::string_view line = trim(lines[i]);
            if (line.empty() || line.starts_with('#')) continue;
            const std::size_t colon = line.find(':');
            if (colon == 0 || colon == std::string_view::npos || line.substr(0, colon).find(' ') != std::string_view::npos) {
                fail("a line that is no \"Tag: value\"");
                continue;
            }
            std::string value(trim(line.substr(colon + 1)));
            if (value.starts_with(kOpen)) {
                const std::size_t close = value.find(kClose);
                const bool closed = close != std::string::npos || skip_text(lines, i);
                if (!closed) fail("a <text> that is not closed");
                value = trim(std::string_view(value).substr(kOpen.size(), close == std::string::npos ? close : close - kOpen.size()));
            }
            tag(line.substr(0, colon), value);
        }
        if (!version_) {
            fail("`SPDXVersion` is neither SPDX-2.2 nor SPDX-2.3");
            return false;
        }
        if (!spdx::add(std::move(document_), context_)) understood_ = false;
        return understood_;
    }

  private:
    enum class Section { document, package, other };

    /// To the line that closes it. No tag that is asked for has a value of several lines: the first is kept.
    static bool skip_text(const std::vector<std::string_view>& lines, std::size_t& at) {
        while (++at < lines.size()) {
            if (lines[at].find(kClose) != std::string_view::npos) return true;
        }
        return false;
    }

    void fail(const std::string& why) {
        understood_ = false;
        if (context_.room()) not_understood(context_, why, line_);
    }

    void tag(std::string_view name, const std::string& value) {
        if (name == "SPDXVersion") {
            version_ = is_version(value);
        } else if (name == "PackageName") {
            section_ = Section::package;
            document_.packages.emplace_back();
            component().name = value;
            component().line = line_;
            component().named_by_purl = false;
        } else if (name == "FileName" || name == "LicenseID") {
            section_ = Section::other;
        } else if (name == "SnippetSPDXID") {
            section_ = Section::other;
            document_.others.insert(value);
        } else if (name == "SPDXID") {
            id(value);
        } else if (name == "Relationship") {
            relation(value);
        } else if (section_ == Section::package) {
            package_tag(name, value);
        }
    }

    sbom::Component& component() { return document_.packages.back().component; }

    void id(const std::string& value) {
        if (section_ == Section::document) {
            document_.id = value;
            return;
        }
        if (section_ == Section::package) return set(document_.packages.back().id, value);
        document_.others.insert(value);
    }

    /// What may stand once, and stands twice, readers disagree about.
    void set(std::string& field, std::string_view value) {
        if (!field.empty() && field != value) fail("a tag that stands twice, with two values");
        field = value;
    }

    void package_tag(std::string_view name, const std::string& value) {
        if (name == "PackageVersion") {
            set(component().version, place_of(value));
        } else if (name == "PackageDownloadLocation") {
            if (!place_of(value).empty()) component().places.emplace_back(place_of(value));
        } else if (name == "PackageChecksum") {
            const std::size_t colon = value.find(':');
            if (colon == std::string::npos) return fail("a checksum without algorithm");
            component().hashes.emplace_back(trim(std::string_view(value).substr(0, colon)), trim(std::string_view(value).substr(colon + 1)));
        } else if (name == "ExternalRef") {
            const auto words = words_of(value);
            if (words.size() != 3) return fail("an external reference that is not category, type and locator");
            std::string purl = purl_of_locator(words[1], words[2]);
            if (!purl.empty()) component().purls.push_back(std::move(purl));
        } else if (name == "PrimaryPackagePurpose") {
            set(document_.packages.back().purpose, value);
        } else if (name == "ReleaseDate") {
            component().released = seconds_of(value);
        }
    }

    static std::vector<std::string_view> words_of(std::string_view text) {
        std::vector<std::string_view> words;
        for (const std::string_view word : split(text, ' ')) {
            if (!trim(word).empty()) words.push_back(trim(word));
        }
        return words;
    }

    void relation(const std::string& value) {
        const auto words = words_of(value);
        if (words.size() != 3) return fail("a relationship that is not element, type and element");
        document_.relations.push_back({std::string(words[0]), std::string(words[1]), std::string(words[2]), line_});
    }

    IntakeContext& context_;
    Document document_{"SPDXRef-DOCUMENT", {}, {}, {}, {}, 1};
    Section section_ = Section::document;
    std::uint32_t line_ = 1;
    bool version_ = false;
    bool understood_ = true;
};

}  // namespace

bool read_tag_value(std::string_view text, IntakeContext& context) { return Reader(context).read(text); }

}  // namespace headgate::intake::spdx
