// verify.cpp: the story of one verification. What needs no root is settled first (format, signature, what the entries are about);
// then each root is tried by itself: times, log entries, chain, SCTs, thresholds.
#include "sigstore/verify.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.hpp"
#include "crypto/timestamp.hpp"
#include "sigstore/chain_cache.hpp"
#include "sigstore/entry.hpp"
#include "sigstore/fields.hpp"
#include "sigstore/log_windows.hpp"
#include "sigstore/sct.hpp"
#include "sigstore/signature.hpp"
#include "sigstore/timestamp_authority.hpp"

namespace headgate::sigstore {
namespace {

constexpr std::int64_t kClockSkew = 60;  // seconds

std::string counted(std::size_t number, std::string_view what, std::size_t least) {
    return std::to_string(number) + " " + std::string(what) + " verified, at least " + std::to_string(least) + " needed";
}

std::string name_of(const Authority& authority) {
    return authority.uri.empty() ? escape_terminal(authority.chain.front().subject(), 200) : escape_terminal(authority.uri, 200);
}

// One bundle against one root.
class Attempt {
  public:
    Attempt(const Signed& about, const std::vector<KindVersion>& kinds, const TrustedRoot& root, const Request& request,
            const std::vector<crypto::Timestamp>& timestamps)
        : about_(about), kinds_(kinds), root_(root), request_(request), timestamps_(timestamps) {}

    Result<VerifiedBundle> run() {
        TRY_VOID(verify_timestamps());
        TRY_VOID(verify_entries());
        stage = 1;
        TRY_VOID(check_times());
        stage = 2;
        if (about_.leaf) {
            const auto chain = TRY(verify_certificate());
            stage = 3;
            TRY_VOID(verify_transparency(chain));
        }
        TRY_VOID(check_thresholds());
        return std::move(result_);
    }

    int stage = 0;                       // how far it came: the error of the farthest attempt is the one to tell

  private:
    const Bytes& signature() const {
        const auto* const envelope = std::get_if<Envelope>(&about_.bundle.content);
        return envelope != nullptr ? envelope->signature : std::get<MessageSignature>(about_.bundle.content).signature;
    }

    Result<void> verify_timestamps() {
        for (const crypto::Timestamp& timestamp : timestamps_) {
            std::string why = "timestamp: no authority of the trusted root made it";
            if (!verify_timestamp(timestamp, why)) result_.notes.push_back(why);
        }
        return {};
    }

    // A timestamp of nobody, or of another signature, counts for nothing.
    bool verify_timestamp(const crypto::Timestamp& timestamp, std::string& why) {
        for (const Authority& authority : root_.timestamp_authorities) {
            const auto verified = sigstore::verify_timestamp(timestamp, signature(), authority);
            if (!verified.ok()) {
                why = verified.error().message + " (" + name_of(authority) + ")";
                continue;
            }
            if (!authority.valid_for.contains(timestamp.gen_time())) {
                why = "timestamp: made at " + format_instant(timestamp.gen_time()) + ", when the authority " + name_of(authority) + " was not in use";
                continue;
            }
            result_.times.push_back({VerifiedTime::Source::timestamp, timestamp.gen_time(), name_of(authority)});
            authorities_.insert(authority.id);
            return true;
        }
        return false;
    }

    Result<void> verify_entries() {
        for (std::size_t i = 0; i < about_.bundle.entries.size(); ++i) TRY_VOID(verify_one(about_.bundle.entries[i], kinds_[i]));
        return {};
    }

    // By its id, and where it is there several times by the time that the entry says, which is checked once it is proved.
    const LogInstance* log_of(const LogEntry& entry) const {
        for (const LogInstance& log : root_.logs) {
            if (log.id == entry.log_id && entry.integrated_time && log.valid_for.contains(*entry.integrated_time)) return &log;
        }
        return find_log(root_.logs, entry.log_id);
    }

    Result<void> verify_one(const LogEntry& entry, const KindVersion& kind) {
        const LogInstance* const log = log_of(entry);
        if (log == nullptr) {
            result_.notes.emplace_back("log entry: it is in a log that the trusted root does not name");
            return {};
        }
        const EntryProof proof = TRY(verify_entry(entry, *log, about_.bundle.version));
        VerifiedEntry verified{log->base_url, log->id, std::nullopt, std::nullopt, kind, std::nullopt, proof.proof, proof.promise};
        if (proof.proof) verified.tree_index = entry.proof->log_index;
        if (proof.promise) {
            // The promise covers both.
            verified.log_index = entry.log_index;
            verified.integrated_time = entry.integrated_time;
            if (!log->valid_for.contains(*entry.integrated_time)) {
                return refused("log entry: made at " + format_instant(*entry.integrated_time) + ", when the log " + log->base_url + " was not in use");
            }
            result_.times.push_back({VerifiedTime::Source::log, *entry.integrated_time, log->base_url});
            time_logs_.insert(log->id);
        } else {
            untimed_.push_back(log);
        }
        logs_.insert(log->id);
        result_.entries.push_back(std::move(verified));
        return {};
    }

    Result<void> check_times() {
        std::sort(result_.times.begin(), result_.times.end(), [](const VerifiedTime& a, const VerifiedTime& b) {
            return std::tie(a.time, a.by) < std::tie(b.time, b.by);
        });
        for (const VerifiedTime& time : result_.times) {
            if (time.time.seconds > request_.now.seconds + kClockSkew) {
                return refused("time: signed at " + format_instant(time.time) + ", which is later than now (" + format_instant(request_.now) + ")");
            }
        }
        // An entry without a time of its own was made by a log that was in use when the signature was.
        for (const Instant instant : instants()) {
            for (const LogInstance* log : untimed_) {
                if (!in_use_at(root_.logs, log->id, instant)) {
                    return refused("log entry: signed at " + format_instant(instant) + ", when the log " + log->base_url + " was not in use");
                }
            }
        }
        if (authorities_.size() + time_logs_.size() < request_.thresholds.times) {
            return refused("time: " + counted(authorities_.size() + time_logs_.size(), "times of distinct logs and authorities", request_.thresholds.times) + notes());
        }
        return check_key_window();
    }

    Result<void> check_key_window() const {
        if (!request_.trust.key) return {};
        const TrustedKey& key = *request_.trust.key;
        for (const Instant time : instants()) {
            if ((key.not_before && time < *key.not_before) || (key.not_after && time > *key.not_after)) {
                return refused("time: the key is not valid at " + format_instant(time));
            }
        }
        return {};
    }

    // The times at which everything must hold: every verified one, or now when none is asked for and there is none.
    std::vector<Instant> instants() const {
        std::vector<Instant> instants;
        instants.reserve(result_.times.size() + 1);
        for (const VerifiedTime& time : result_.times) instants.push_back(time.time);
        if (instants.empty()) instants.push_back(request_.now);
        return instants;
    }

    Result<std::vector<crypto::Certificate>> verify_certificate() {
        const crypto::Certificate& leaf = *about_.leaf;
        const auto usage = leaf.key_usage();
        if (!usage || !usage->digital_signature) return refused("certificate: its key usage lacks digitalSignature");
        Error error = refused("certificate: no certificate authority of the trusted root was in use at " + format_instant(instants().front()));
        for (const Authority& authority : root_.certificate_authorities) {
            const auto times = instants();
            if (!std::all_of(times.begin(), times.end(), [&](Instant time) { return authority.valid_for.contains(time); })) continue;
            auto chain = chain_to(authority, times);
            if (chain.ok()) return chain;
            error = refused("certificate: " + chain.error().message);
        }
        return error;
    }

    Result<std::vector<crypto::Certificate>> chain_to(const Authority& authority, const std::vector<Instant>& times) {
        const std::span<const crypto::Certificate> all(authority.chain);
        const std::string key = about_.leaf->sha256() + authority.id;
        auto known = request_.chains == nullptr ? std::nullopt : request_.chains->find(key);
        if (!known) {
            crypto::ChainRequest chain;
            chain.anchors = all.last(1);
            chain.intermediates = all.first(all.size() - 1);
            chain.at = times.front();
            chain.required_eku = crypto::kEkuCodeSigning;
            known = TRY(crypto::verify_chain(*about_.leaf, chain));
            if (request_.chains != nullptr) request_.chains->add(key, *known);
        }
        for (const crypto::Certificate& certificate : *known) {
            for (const Instant time : times) {
                if (!certificate.valid_at(time)) {
                    return refused((certificate == *about_.leaf ? "it" : "its issuer \"" + escape_terminal(certificate.subject(), 200) + "\"") +
                                   std::string(" is not valid at ") + format_instant(time));
                }
            }
        }
        return *known;
    }

    Result<void> verify_transparency(const std::vector<crypto::Certificate>& chain) {
        if (chain.size() > 1) result_.scts = TRY(verify_scts(chain[0], chain[1], root_.ct_logs, request_.now));
        if (result_.scts < request_.thresholds.scts) {
            return refused("SCT: " + counted(result_.scts, "SCTs of distinct logs", request_.thresholds.scts));
        }
        result_.identity = TRY(read_identity(chain[0]));
        result_.certificate = chain[0];
        result_.anchor = chain.back().sha256();
        return {};
    }

    Result<void> check_thresholds() const {
        if (logs_.size() < request_.thresholds.log_entries) {
            return refused("log entry: " + counted(logs_.size(), "entries of distinct logs", request_.thresholds.log_entries) + notes());
        }
        if (authorities_.size() < request_.thresholds.timestamps) {
            return refused("timestamp: " + counted(authorities_.size(), "timestamps of distinct authorities", request_.thresholds.timestamps) + notes());
        }
        return {};
    }

    std::string notes() const {
        std::string text;
        for (const std::string& note : result_.notes) text += "; " + note;
        return text;
    }

    const Signed& about_;
    const std::vector<KindVersion>& kinds_;
    const TrustedRoot& root_;
    const Request& request_;
    const std::vector<crypto::Timestamp>& timestamps_;
    VerifiedBundle result_;
    std::set<Bytes> logs_;               // with a verified entry, by id
    std::set<Bytes> time_logs_;          // with a verified time
    std::set<std::string> authorities_;  // with a verified timestamp, by id
    std::vector<const LogInstance*> untimed_;
};

void add_content(const Signed& about, VerifiedBundle& result) {
    result.spki_sha256 = about.key->spki_sha256();
    result.hash = about.hash;
    if (const auto* const envelope = std::get_if<Envelope>(&about.bundle.content)) {
        result.payload_type = envelope->payload_type;
        result.payload = envelope->payload;
    } else {
        result.artifact_digest = about.artifact->digest(about.hash.value_or(crypto::Hash::sha256)).value_or(Bytes());
    }
}

}  // namespace

Result<VerifiedBundle> verify_bundle(const Bundle& bundle, const Request& request) { return verify_bundle(bundle, request, request.trust.roots); }

Result<VerifiedBundle> verify_bundle(const Bundle& bundle, const Request& request, std::span<const TrustedRoot> given) {
    TRY_VOID(check_format(bundle));
    const Signed about = TRY(verify_signature(bundle, request));
    std::vector<KindVersion> kinds;
    kinds.reserve(bundle.entries.size());
    for (const LogEntry& entry : bundle.entries) kinds.push_back(TRY(check_body(entry, about)));
    std::vector<crypto::Timestamp> timestamps;
    timestamps.reserve(bundle.timestamps.size());
    for (const Bytes& der : bundle.timestamps) timestamps.push_back(TRY(crypto::Timestamp::from_response(der)));

    if (given.empty() && about.leaf) {
        return refused("certificate: no trusted root was given, so that nothing says who may issue certificates");
    }
    static const std::vector<TrustedRoot> kNone(1);  // a key needs no root; nothing is in this one
    const std::span<const TrustedRoot> roots = given.empty() ? std::span<const TrustedRoot>(kNone) : given;
    int farthest = -1;
    Error error;
    for (std::size_t i = 0; i < roots.size(); ++i) {
        Attempt attempt(about, kinds, roots[i], request, timestamps);
        auto verified = attempt.run();
        if (verified.ok()) {
            if (!given.empty()) verified->root = i;
            add_content(about, *verified);
            return verified;
        }
        if (attempt.stage > farthest) {
            farthest = attempt.stage;
            error = verified.error();
        }
    }
    return error;
}

}  // namespace headgate::sigstore
