// gradle-wrapper.properties and maven-wrapper.properties: from where the build tool itself is fetched, which then runs (Gradle User Manual,
// "Gradle Wrapper"; Maven Wrapper). What comes from where it is published (`IntakeContext::build_tools`) is no fact; Maven by the path of a repository is a package of that
// repository; everything else is a URL that is fetched and run.
// The form is that of java.util.Properties.
#include <algorithm>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/entry.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "wrapper";
constexpr std::size_t kLongestLine = 1U << 16U;

bool is_published(std::string_view url, const IntakeContext& context) {
    if (context.build_tools == nullptr || url.find_first_of("\\@") != std::string_view::npos) return false;      // a host that is none
    const std::span<const std::string> places = context.build_tools();
    return std::any_of(places.begin(), places.end(), [&](const std::string& place) { return url.starts_with(place); });
}

struct Property {
    std::string key;
    std::string value;
    std::uint32_t line = 0;
};

class Reader {
  public:
    explicit Reader(IntakeContext& context) : context_(context) {}

    bool read(std::string_view text) {
        std::string joined;                  // of lines that a backslash continues
        std::uint32_t number = 0;
        std::uint32_t begin = 0;
        for (const std::string_view raw : split_lines(text)) {
            ++number;
            const std::string_view line = trim(raw);
            if (joined.empty()) begin = number;
            if (joined.empty() && (line.empty() || line.starts_with('#') || line.starts_with('!'))) continue;
            joined += line;
            if (joined.size() > kLongestLine) return fail("a line that is longer than anybody writes", begin);
            if (is_continued(joined)) {
                joined.pop_back();
                continue;
            }
            property(joined, begin);
            joined.clear();
        }
        if (!joined.empty()) property(joined, begin);
        for (const Property& one : urls_) place(one);
        return understood_;
    }

  private:
    static bool is_continued(std::string_view line) {
        std::size_t backslashes = 0;
        while (backslashes < line.size() && line[line.size() - 1 - backslashes] == '\\') ++backslashes;
        return backslashes % 2 == 1;
    }

    bool fail(const std::string& why, std::uint32_t line) {
        understood_ = false;
        return context_.room() && not_understood(context_, why, line);
    }

    /// "key=value", "key: value", "key value"; a backslash takes away what the next letter means.
    void property(std::string_view line, std::uint32_t number) {
        Property one;
        one.line = number;
        bool in_value = false;
        for (std::size_t at = 0; at < line.size(); ++at) {
            char c = line[at];
            const bool escaped = c == '\\' && at + 1 < line.size();
            if (escaped) c = line[++at];
            if (escaped && c == 'u') {
                fail("a character that is written as a number", number);
                return;
            }
            if (!in_value && !escaped && (c == '=' || c == ':' || c == ' ' || c == '\t')) {
                in_value = true;
                std::size_t next = line.find_first_not_of(" \t", at);
                if (next != std::string_view::npos && (line[next] == '=' || line[next] == ':')) next = line.find_first_not_of(" \t", next + 1);
                if (next == std::string_view::npos) break;
                at = next - 1;
                continue;
            }
            (in_value ? one.value : one.key) += c;
        }
        if (one.key == "distributionSha256Sum") hash_ = one.value;
        if (one.key == "wrapperSha256Sum") wrapper_hash_ = one.value;
        if (one.key == "distributionUrl" || one.key == "wrapperUrl") urls_.push_back(std::move(one));
    }

    /// https://host/repository/org/apache/maven/apache-maven/3.9.6/apache-maven-3.9.6-bin.zip
    bool of_repository(const Property& one, const std::string& hash) {
        constexpr std::string_view kGroup = "/org/apache/maven/";
        const std::string_view url = one.value;
        const std::size_t at = url.find(kGroup);
        if (at == std::string_view::npos || url.find_first_of("\\@?#%") != std::string_view::npos || url.find("..") != std::string_view::npos || !url.starts_with("http")) return false;
        const auto parts = split(url.substr(at + 1), '/');
        if (parts.size() < 6) return false;
        const std::string_view version = parts[parts.size() - 2];
        const std::string_view artifact = parts[parts.size() - 3];
        if (!is_exact(version) || !parts.back().starts_with(std::string(artifact) + "-" + std::string(version))) return false;
        std::string group;
        for (std::size_t part = 0; part + 3 < parts.size(); ++part) group.append(part == 0 ? "" : ".").append(parts[part]);
        Entry entry{"maven", group + ":" + std::string(artifact)};
        entry.version = version;
        entry.url = url.substr(0, at);
        entry.line = one.line;
        entry.markers = "build tool";
        entry.runs_install_script = true;
        if (auto known = hash_of("sha256", hash)) entry.integrity.push_back(std::move(*known));
        if (!record(std::move(entry), context_)) understood_ = false;
        return true;
    }

    void place(const Property& one) {
        if (is_published(one.value, context_)) return;
        if (!context_.room()) {
            understood_ = false;
            return;
        }
        const std::string& hash = one.key == "wrapperUrl" ? wrapper_hash_ : hash_;
        if (of_repository(one, hash)) return;
        const std::string url = without_login(one.value);
        Requirement made;
        made.where = context_.at_line(one.line);
        made.written = one.key;
        made.runs_install_script = true;
        if (url.find("://") == std::string::npos) {          // beside the file
            fail("`" + one.key + "` is no URL", one.line);
            return;
        }
        auto reference = parse_reference(std::string_view(url).substr(0, url.find('#')));
        if (!reference) {
            fail("`" + one.key + "` is no URL that can be read: " + escape_terminal(url, 100), one.line);
            return;
        }
        made.reference = std::move(*reference);
        made.source = Requirement::Source::url;
        made.url = url;
        if (auto known = hash_of("sha256", hash)) made.integrity.push_back(std::move(*known));
        context_.evidence.requirements.push_back(std::move(made));
    }

    IntakeContext& context_;
    std::vector<Property> urls_;
    std::string hash_;
    std::string wrapper_hash_;
    bool understood_ = true;
};

}  // namespace

bool matches_wrapper(std::string_view file_name) { return file_name == "gradle-wrapper.properties" || file_name == "maven-wrapper.properties"; }

bool parse_wrapper(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, kFormat);
    if (!text) return false;
    context.format(kFormat);
    return Reader(context).read(*text);
}

}  // namespace headgate::intake
