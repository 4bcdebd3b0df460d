#include "pipeline/advisory_files.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "advisories/osv.hpp"
#include "advisories/vex.hpp"
#include "attest/dsse.hpp"
#include "attest/signed_content.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/sha256.hpp"
#include "formats/expand.hpp"
#include "formats/zip_directory.hpp"
#include "io/directory.hpp"
#include "io/file_source.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMaxArchive = 4ULL << 30U;
constexpr std::uint64_t kMaxTimestamp = 256;
constexpr std::int64_t kDay = 86'400;
constexpr std::string_view kStamp = ".timestamp";

// An archive of every record of an ecosystem is no artifact: it has members by the hundred thousand, and is the operator's.
Limits archive_limits() {
    Limits limits;
    limits.members = 4'000'000;
    limits.steps = UINT64_MAX;
    limits.expanded_bytes = 64ULL << 30U;
    limits.member_bytes = advisories::kMaxRecord;
    return limits;
}

struct Wanted {
    const std::function<bool(const std::string&)>& keys;
    Instant now;
};

// What one thread has read of one source.
struct Part {
    std::vector<std::pair<std::size_t, Advisory>> advisories;   // by the record's place
    std::uint64_t records = 0;
    std::optional<Instant> newest;
    std::map<std::string, std::uint64_t> ecosystems;
    std::optional<std::pair<std::size_t, Error>> error;         // of the first record that has one

    void record(std::size_t place, const std::string& name, ByteView bytes, const Wanted& wanted) {
        auto read = advisories::read_osv(bytes, wanted.keys);
        if (!read.ok()) return fail(place, {ErrorCode::malformed, name + ": no OSV record: " + read.error().message});
        ++records;
        for (const std::string& ecosystem : read->ecosystems) ++ecosystems[ecosystem];
        const Instant modified = read->advisory.modified;
        const bool past = modified.seconds <= wanted.now.seconds + kDay;
        if (past && (!newest || modified > *newest)) newest = modified;
        if (read->withdrawn || read->advisory.affected.empty()) return;
        read->advisory.file = name;
        advisories.emplace_back(place, std::move(read->advisory));
    }
    void fail(std::size_t place, Error problem) {
        if (!error || place < error->first) error = {place, std::move(problem)};
    }
};

// Calls `work(i, part)` for each index below `count`, over several threads; the parts in the order of their records.
template <typename Work>
Result<Part> spread(std::size_t count, unsigned jobs, const Work& work) {
    const unsigned cores = jobs == 0 ? std::max(1U, std::thread::hardware_concurrency()) : jobs;
    const std::size_t threads = std::min<std::size_t>(cores, count / 256 + 1);
    std::vector<Part> parts(threads);
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    const auto run = [&](Part& part) {
        constexpr std::size_t kAtOnce = 64;
        for (std::size_t from = next.fetch_add(kAtOnce); from < count && !failed; from = next.fetch_add(kAtOnce)) {
            for (std::size_t i = from; i < std::min(count, from + kAtOnce); ++i) work(i, part);
            if (part.error) failed = true;
        }
    };
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back([&, i] { run(parts[i]); });
    run(parts[0]);
    for (std::thread& helper : helpers) helper.join();
    Part whole;
    for (Part& part : parts) {
        if (part.error) whole.fail(part.error->first, part.error->second);
        whole.records += part.records;
        if (part.newest && (!whole.newest || *part.newest > *whole.newest)) whole.newest = part.newest;
        for (const auto& [ecosystem, records] : part.ecosystems) whole.ecosystems[ecosystem] += records;
        std::move(part.advisories.begin(), part.advisories.end(), std::back_inserter(whole.advisories));
    }
    if (whole.error) return whole.error->second;
    std::sort(whole.advisories.begin(), whole.advisories.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return whole;
}

Result<Instant> read_stamp(const std::string& name, ByteView bytes, Instant now) {
    const auto instant = parse_instant(trim(as_text(bytes)));
    if (!instant) return Error{ErrorCode::malformed, name + ": expected one time, like 2026-11-23T10:00:00Z"};
    if (instant->seconds > now.seconds + kDay) return Error{ErrorCode::malformed, name + ": it is of the future, " + format_instant(*instant)};
    return *instant;
}

void add_source(std::string name, std::string sha256, Part part, std::optional<Instant> stated, AdvisoryData& data) {
    data.sources.push_back({std::move(name), std::move(sha256), part.records, part.newest, stated, std::move(part.ecosystems)});
    for (auto& [place, advisory] : part.advisories) data.add(std::move(advisory));
}

Error without_records(const std::string& path) {
    return {ErrorCode::malformed, path + ": there is no OSV record in it (*.json); what was brought says nothing"};
}

// --- zip files -----------------------------------------------------------------------------------------------------

void read_member(ByteView archive, const formats::ZipEntry& entry, std::size_t place, const std::string& path, const Limits& limits,
                 const Wanted& wanted, Part& part) {
    const std::string name = path + "!" + escape_terminal(entry.name, 200);
    const auto broken = [&](const std::string& why) { part.fail(place, {ErrorCode::malformed, name + ": " + why}); };
    if (!entry.readable || entry.data_offset == 0) return broken("cannot be read");
    if (entry.size > limits.member_bytes) return broken("larger than 32 MiB");
    MemorySource source(archive);
    if (entry.method == 0) {
        const auto bytes = source.view(entry.data_offset, entry.size);
        if (!bytes || formats::crc32_of(*bytes) != entry.crc) return broken("its content is not that of its checksum");
        return part.record(place, name, *bytes, wanted);
    }
    Budget budget(limits);
    const auto expanded = formats::expand(source, entry.data_offset, entry.compressed, formats::Compression::deflate, limits, budget, entry.size);
    const bool whole = expanded.status == formats::Expanded::Status::ok && expanded.bytes.size() == entry.size && expanded.consumed == entry.compressed;
    if (!whole || formats::crc32_of(expanded.bytes) != entry.crc) return broken("its content is not that of its checksum");
    part.record(place, name, expanded.bytes, wanted);
}

Result<void> read_archive(const std::string& path, ByteView bytes, std::optional<Instant> stated, const Wanted& wanted, unsigned jobs, AdvisoryData& data) {
    const Limits limits = archive_limits();
    Budget budget(limits);
    Evidence problems;
    formats::ParseContext context{limits, budget, problems, path, {}, 0};
    MemorySource source(bytes);
    std::optional<formats::ZipDirectory> directory;
    {
        formats::ContainerReport report(context, "zip");
        directory = formats::read_zip_directory(source, limits, budget, report);
    }
    if (!problems.findings.empty()) return Error{ErrorCode::malformed, path + ": " + problems.findings.front().message};
    if (!directory) return Error{ErrorCode::malformed, path + ": no zip file"};
    std::vector<const formats::ZipEntry*> records;
    for (const formats::ZipEntry& entry : directory->entries) {
        if (!entry.folder && entry.name.ends_with(".json")) records.push_back(&entry);
    }
    Part part = TRY(spread(records.size(), jobs, [&](std::size_t i, Part& into) { read_member(bytes, *records[i], i, path, limits, wanted, into); }));
    if (part.records == 0) return without_records(path);
    add_source(path, crypto::sha256_hex(bytes), std::move(part), stated, data);
    return {};
}

// --- folders -------------------------------------------------------------------------------------------------------

Result<void> read_folder(const std::string& path, const Wanted& wanted, unsigned jobs, AdvisoryData& data) {
    const auto folder = TRY(io::Directory::open(path));
    std::vector<std::string> records;
    std::vector<std::string> archives;
    std::optional<Instant> stated;
    const auto open = [&](const std::string& relative, std::uint64_t most) -> Result<Bytes> {
        return io::read_file_beneath(TRY(folder->open_file(relative)), path + "/" + relative, most);
    };
    const auto entries = TRY(folder->walk(""));
    for (const io::Entry& entry : entries) {
        const bool record = entry.path.ends_with(".json");
        if (!record && !entry.path.ends_with(".zip") && entry.path != kStamp) continue;
        if (entry.type == io::Entry::Type::folder) continue;
        if (entry.type != io::Entry::Type::file) return Error{ErrorCode::io, path + "/" + entry.path + ": neither a file nor a folder; copy it here"};
        if (entry.path == kStamp) {
            stated = TRY(read_stamp(path + "/" + entry.path, TRY(open(entry.path, kMaxTimestamp)), wanted.now));
        } else {
            (record ? records : archives).push_back(entry.path);
        }
    }
    for (const std::string& archive : archives) {
        TRY_VOID(read_archive(path + "/" + archive, TRY(open(archive, kMaxArchive)), stated, wanted, jobs, data));
    }
    if (records.empty()) return archives.empty() ? Result<void>(without_records(path)) : Result<void>();
    std::vector<std::string> digests(records.size());
    Part part = TRY(spread(records.size(), jobs, [&](std::size_t i, Part& into) {
        const auto bytes = open(records[i], advisories::kMaxRecord);
        if (!bytes.ok()) return into.fail(i, bytes.error());
        digests[i] = crypto::sha256_hex(*bytes);
        into.record(i, path + "/" + records[i], *bytes, wanted);
    }));
    std::string list;
    for (std::size_t i = 0; i < records.size(); ++i) list += digests[i] + "  " + records[i] + "\n";
    add_source(path, crypto::sha256_hex(as_bytes(list)), std::move(part), stated, data);
    return {};
}

Result<void> read_source(const std::string& path, const Wanted& wanted, unsigned jobs, AdvisoryData& data) {
    if (TRY(io::path_type(path)) == io::Entry::Type::folder) return read_folder(path, wanted, jobs, data);
    std::optional<Instant> stated;
    const std::string stamp = path + std::string(kStamp);
    if (io::path_type(stamp).ok()) stated = TRY(read_stamp(stamp, TRY(io::read_file(stamp, kMaxTimestamp)), wanted.now));
    const Bytes bytes = TRY(io::read_file(path, kMaxArchive));
    if (starts_with(bytes, "PK")) return read_archive(path, bytes, stated, wanted, jobs, data);
    if (bytes.size() > advisories::kMaxRecord) return Error{ErrorCode::malformed, path + ": neither a zip file nor a record of at most 32 MiB"};
    Part part;
    part.record(0, path, bytes, wanted);
    if (part.error) return part.error->second;
    add_source(path, crypto::sha256_hex(bytes), std::move(part), stated, data);
    return {};
}

// --- VEX -----------------------------------------------------------------------------------------------------------

Result<void> read_vex_file(const std::string& path, const attest::Trust& trust, Instant now, AdvisoryData& data) {
    const Bytes bytes = TRY(io::read_file(path, attest::kMaxEnvelope));
    const std::string bundle = path + ".sigstore.json";
    std::optional<Bytes> beside;
    if (io::path_type(bundle).ok()) beside = TRY(io::read_file(bundle, attest::kMaxEnvelope));
    for (attest::SignedContent& content : TRY(attest::read_signed_content(path, bytes, beside, bundle, trust, now))) {
        std::optional<std::vector<advisories::VexSubject>> subjects;
        if (content.subjects) {
            subjects.emplace();
            for (const auto& subject : *content.subjects) subjects->push_back({subject.name, subject.sha256});
        }
        auto statements = advisories::read_vex(content.content, subjects);
        if (!statements.ok()) return Error{ErrorCode::malformed, path + ": no VEX document: " + statements.error().message};
        for (VexStatement& statement : *statements) {
            statement.document = data.vex_documents.size();
            data.vex.push_back(std::move(statement));
        }
        data.vex_documents.push_back({path, std::move(content.digest), std::move(content.signatures)});
    }
    return {};
}

}  // namespace

Result<void> read_advisories(const std::vector<std::string>& paths, const std::function<bool(const std::string& key)>& wanted, Instant now,
                             unsigned jobs, AdvisoryData& data) {
    for (const std::string& path : paths) TRY_VOID(read_source(path, {wanted, now}, jobs, data));
    return {};
}

Result<void> read_vex_files(const std::vector<std::string>& paths, const attest::Trust& trust, Instant now, AdvisoryData& data) {
    for (const std::string& path : paths) {
        if (TRY(io::path_type(path)) != io::Entry::Type::folder) {
            TRY_VOID(read_vex_file(path, trust, now, data));
            continue;
        }
        const auto folder = TRY(io::Directory::open(path));
        for (const io::Entry& entry : TRY(folder->list(""))) {
            if (entry.type != io::Entry::Type::file || entry.path.ends_with(".sigstore.json")) continue;
            TRY_VOID(read_vex_file(path + "/" + entry.path, trust, now, data));
        }
    }
    return {};
}

}  // namespace headgate::pipeline
