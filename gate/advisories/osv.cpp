#include "advisories/osv.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "advisories/cvss.hpp"
#include "advisories/ecosystems.hpp"
#include "base/text.hpp"
#include "codec/json_scanner.hpp"

namespace headgate::advisories {
namespace {

using codec::JsonScanner;
using Kind = JsonScanner::Kind;

constexpr std::uint32_t kMaxDepth = 64;
constexpr std::string_view kMaliciousId = "MAL-";
constexpr std::string_view kMaliciousWeakness = "CWE-506";   // embedded malicious code: how GitHub marks malware

// What a record states about how bad it is.
struct Stated {
    std::optional<double> score;             // the highest of its CVSS vectors
    std::optional<Severity> word;

    std::optional<Severity> severity() const { return score ? std::optional(severity_of_score(*score)) : word; }
    std::string text() const {
        if (!score) return word ? std::string(to_string(*word)) : "";
        const long tenths = std::lround(*score * 10);
        return "CVSS " + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
    }
    void add(std::string_view vector) {
        const auto one = cvss_score(vector);
        if (one && (!score || *one > *score)) score = one;
    }
};

class RecordReader {
  public:
    RecordReader(ByteView json, const IsWanted& wanted) : scanner_(json, {kMaxDepth, kMaxRecord, 2'000'000}), wanted_(wanted) {}

    Result<OsvRecord> read() {
        std::string_view name;
        scanner_.begin_object();
        while (scanner_.next_member(name)) member(name);
        if (scanner_.peek() != Kind::end) scanner_.fail("expected the end of the document");
        if (!scanner_.failed()) settle();
        if (scanner_.failed()) return Error{ErrorCode::malformed, scanner_.problem()};
        return std::move(record_);
    }

  private:
    // Of an object's members that are read, each may stand once.
    template <std::size_t N>
    std::size_t known(const std::array<std::string_view, N>& names, std::string_view name, std::uint32_t& seen) {
        const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
        if (at == N) return N;
        const std::uint32_t bit = 1U << at;
        if ((seen & bit) != 0) scanner_.fail("\"" + std::string(name) + "\" twice");
        seen |= bit;
        return at;
    }

    void text(std::string& value) {
        std::string_view view;
        if (scanner_.text(view)) value = view;
    }
    void instant(Instant& value) {
        std::string_view view;
        if (!scanner_.text(view)) return;
        const auto read = parse_instant(view);
        if (!read) return scanner_.fail("expected a time (RFC 3339)");
        value = *read;
    }
    // Lists may be null (the schema says so of some, and writers do it with others).
    template <typename Item>
    void list(const Item& item) {
        if (scanner_.null()) return;
        scanner_.begin_array();
        while (scanner_.next_item()) item();
    }
    // A member that only some databases have, in whatever form: read where it is an object, else passed over.
    template <typename Member>
    void object_if_any(const Member& member) {
        if (scanner_.peek() != Kind::object) return static_cast<void>(scanner_.skip());
        std::string_view name;
        scanner_.begin_object();
        while (scanner_.next_member(name)) member(name);
    }
    void text_if_any(std::string& value) {
        if (scanner_.peek() == Kind::text) return text(value);
        scanner_.skip();
    }

    void member(std::string_view name) {
        static constexpr std::array<std::string_view, 9> kNames = {"schema_version", "id",       "modified", "withdrawn",        "aliases",
                                                                   "summary",        "severity", "affected", "database_specific"};
        Advisory& advisory = record_.advisory;
        switch (known(kNames, name, seen_)) {
            case 0: return schema_version();
            case 1: return text(advisory.id);
            case 2: return instant(advisory.modified);
            case 3: return withdrawn();
            case 4: return list([&] { text(advisory.aliases.emplace_back()); });
            case 5: return text(advisory.summary);
            case 6: return severity(stated_);
            case 7: return list([&] { affected(); });
            case 8: return database_specific();
            default: scanner_.skip();
        }
    }

    void schema_version() {
        std::string_view view;
        if (scanner_.text(view) && view != "1" && !view.starts_with("1.")) scanner_.fail("schema_version " + escape_terminal(view, 40) + ": only 1.x is read");
    }
    void withdrawn() {
        if (scanner_.null()) return;
        Instant at;
        instant(at);
        record_.withdrawn = true;
    }

    // [{"type": "CVSS_V3", "score": "CVSS:3.1/..."}]: types that are not known say nothing.
    void severity(Stated& stated) {
        list([&] {
            std::string_view name;
            std::string score;
            scanner_.begin_object();
            while (scanner_.next_member(name)) {
                if (name == "score") {
                    text(score);
                } else {
                    scanner_.skip();
                }
            }
            stated.add(score);
        });
    }

    void database_specific() {
        object_if_any([&](std::string_view name) {
            std::string word;
            if (name == "severity") {
                text_if_any(word);
                stated_.word = severity_of_word(word);
            } else if (name == "cwe_ids" && scanner_.peek() == Kind::array) {
                list([&] {
                    text_if_any(word);
                    if (word == kMaliciousWeakness) record_.advisory.malicious = true;
                });
            } else {
                scanner_.skip();
            }
        });
    }

    void affected() {
        static constexpr std::array<std::string_view, 6> kNames = {"package", "versions", "ranges", "severity", "database_specific", "ecosystem_specific"};
        AffectedPackage package;
        Stated stated;
        bool here = false;                   // it is about a package at all: records about commits alone name none
        bool passed_over = false;
        std::uint32_t seen = 0;
        std::string_view name;
        scanner_.begin_object();
        while (scanner_.next_member(name)) {
            const std::size_t which = known(kNames, name, seen);
            if (which == 0) {
                here = package_of(package);
                passed_over = !here || !wanted_(package.key);
            } else if (passed_over || which == kNames.size()) {
                scanner_.skip();
            } else if (which == 1) {
                list([&] { text(package.versions.emplace_back()); });
            } else if (which == 2) {
                list([&] { range(package); });
            } else if (which == 3) {
                severity(stated);
            } else {
                specific(package, stated);
            }
        }
        if (!here || passed_over || scanner_.failed()) return;
        package.severity = stated.severity();
        if (package.severity && (!worst_.severity() || *package.severity > *worst_.severity())) worst_ = stated;
        record_.advisory.affected.push_back(std::move(package));
    }

    // False where the ecosystem is none whose packages Headgate is asked about.
    bool package_of(AffectedPackage& package) {
        static constexpr std::array<std::string_view, 3> kNames = {"ecosystem", "name", "purl"};
        std::array<std::string, 3> texts;
        std::uint32_t seen = 0;
        std::string_view name;
        scanner_.begin_object();
        while (scanner_.next_member(name)) {
            const std::size_t which = known(kNames, name, seen);
            if (which < texts.size()) {
                text(texts[which]);
            } else {
                scanner_.skip();
            }
        }
        if (scanner_.failed()) return false;
        if (texts[0].empty() || texts[1].empty()) {
            scanner_.fail("a package without ecosystem or name");
            return false;
        }
        package.key = key_of_package(texts[0], texts[1], texts[2]);
        package.ecosystem = package.key.substr(0, package.key.find('/'));
        if (package.key.empty()) return false;
        auto& ecosystems = record_.ecosystems;
        if (std::find(ecosystems.begin(), ecosystems.end(), package.ecosystem) == ecosystems.end()) ecosystems.push_back(package.ecosystem);
        return true;
    }

    // What RustSec says of its own kind, and where others put a severity.
    void specific(AffectedPackage& package, Stated& stated) {
        object_if_any([&](std::string_view name) {
            std::string word;
            if (name == "informational") return text_if_any(package.informational);
            if (name == "cvss" || name == "severity") {
                text_if_any(word);
                stated.add(word);
                if (const auto severity = severity_of_word(word)) stated.word = severity;
                return;
            }
            scanner_.skip();
        });
    }

    void range(AffectedPackage& package) {
        static constexpr std::array<std::string_view, 2> kNames = {"type", "events"};
        std::string type;
        std::vector<AdvisoryEvent> events;
        std::uint32_t seen = 0;
        std::string_view name;
        scanner_.begin_object();
        while (scanner_.next_member(name)) {
            switch (known(kNames, name, seen)) {
                case 0: text(type); break;
                case 1: list([&] { event(events); }); break;
                default: scanner_.skip();
            }
        }
        if (scanner_.failed()) return;
        if (type == "GIT") {
            package.commits = true;
            return;
        }
        if (type != "SEMVER" && type != "ECOSYSTEM") return scanner_.fail("a range of type " + escape_terminal(type, 40) + ": SEMVER, ECOSYSTEM and GIT are known");
        const bool begins = std::any_of(events.begin(), events.end(), [](const AdvisoryEvent& one) { return one.kind == AdvisoryEvent::Kind::introduced; });
        if (!begins) return scanner_.fail("a range without \"introduced\"");
        package.ranges.push_back(std::move(events));
    }

    void event(std::vector<AdvisoryEvent>& events) {
        using Event = AdvisoryEvent::Kind;
        static constexpr std::array<std::string_view, 4> kNames = {"introduced", "fixed", "last_affected", "limit"};
        static constexpr std::array<Event, kNames.size()> kKinds = {Event::introduced, Event::fixed, Event::last_affected, Event::limit};
        std::uint32_t seen = 0;
        std::string_view name;
        scanner_.begin_object();
        while (scanner_.next_member(name)) {
            const std::size_t which = known(kNames, name, seen);
            if (which == kNames.size()) return scanner_.fail("an event that is none of introduced, fixed, last_affected, limit");
            AdvisoryEvent& event = events.emplace_back();
            event.kind = kKinds.at(which);
            text(event.version);
            if (event.version.empty()) return scanner_.fail("an event without version");
        }
        if (seen == 0) scanner_.fail("an event that says nothing");
    }

    void settle() {
        Advisory& advisory = record_.advisory;
        const bool has_time = (seen_ & 4U) != 0;
        if (advisory.id.empty() || !has_time) return scanner_.fail("a record needs \"id\" and \"modified\"");
        const auto malicious = [](std::string_view id) { return id.starts_with(kMaliciousId); };
        advisory.malicious = advisory.malicious || malicious(advisory.id) || std::any_of(advisory.aliases.begin(), advisory.aliases.end(), malicious);
        // Each package has its own, or the record's.
        advisory.severity = stated_.severity();
        advisory.score = stated_.severity() ? stated_.text() : worst_.text();
    }

    JsonScanner scanner_;
    const IsWanted& wanted_;
    OsvRecord record_;
    Stated stated_;
    Stated worst_;
    std::uint32_t seen_ = 0;
};

}  // namespace

Result<OsvRecord> read_osv(ByteView json, const IsWanted& wanted) { return RecordReader(json, wanted).read(); }

}  // namespace headgate::advisories
