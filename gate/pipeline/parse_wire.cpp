#include "pipeline/parse_wire.hpp"

#include <algorithm>
#include <cassert>

#include "base/text.hpp"
#include "model/layers.hpp"
#include "recording/binary.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMostMemory = 1ULL << 30U;       // of what an answer comes to
constexpr std::size_t kMostFacts = 1'000'000;            // what comes after takes its time over each
constexpr std::size_t kMostId = 100;
constexpr std::uint8_t kNoManifest = 0xFF;

template <typename Number>
void put(std::string& out, Number value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Each limit once, for writer and reader.
void each_limit(auto& limits, auto&& visit) {
    auto& [steps, expanded_bytes, expansion_ratio, ratio_floor, member_bytes, members, depth, nesting, header_bytes, facts] = limits;
    visit(steps), visit(expanded_bytes), visit(expansion_ratio), visit(ratio_floor), visit(member_bytes);
    visit(members), visit(depth), visit(nesting), visit(header_bytes), visit(facts);
}

std::uint8_t number_of(const intake::ManifestFormat* manifest) {
    if (manifest == nullptr) return kNoManifest;
    const std::ptrdiff_t row = manifest - intake::manifest_formats().data();
    assert(row >= 0 && row < static_cast<std::ptrdiff_t>(intake::manifest_formats().size()));   // of the table, so that it has a number
    return static_cast<std::uint8_t>(row);
}

Error broken(std::string_view what) { return {ErrorCode::malformed, std::string(what)}; }

bool is_finding_id(std::string_view id) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
    return !id.empty() && id.size() <= kMostId && id.find('.') != std::string_view::npos && std::all_of(id.begin(), id.end(), letter);
}

// Each list of facts that a parser fills, with the place of its items.
void each_parsed_list(const Evidence& facts, auto&& visit) {
    visit(facts.formats), visit(facts.imports), visit(facts.calls), visit(facts.members), visit(facts.tensors), visit(facts.operators);
    visit(facts.requirements), visit(facts.declared), visit(facts.index_options), visit(facts.traits), visit(facts.digest_claims), visit(facts.cards), visit(facts.index_entries);
    visit(facts.configurations), visit(facts.vocabularies), visit(facts.includes), visit(facts.workloads), visit(facts.fences), visit(facts.opaques), visit(facts.findings);
}

// What a parser never says, whoever speaks for it; "" when there is nothing of the kind.
std::string_view forged(const Evidence& facts, const ParseOrder& order) {
    const bool of_host = !facts.files.empty() || !facts.signatures.empty() || !facts.statements.empty() || !facts.provenances.empty() ||
                         !facts.comparisons.empty();
    if (of_host) return "facts that only the host finds";
    bool elsewhere = false;
    std::size_t count = 0;
    each_parsed_list(facts, [&](const auto& list) {
        count += list.size();
        elsewhere = elsewhere || std::any_of(list.begin(), list.end(), [&](const auto& fact) { return fact.where.path != order.path; });
    });
    if (count > kMostFacts) return "more facts than are taken of one file";
    if (elsewhere) return "a fact about another file";
    if (std::any_of(facts.tensors.begin(), facts.tensors.end(), [](const Tensor& tensor) { return tensor.statistics.has_value(); })) {
        return "values of a tensor, which the host counts";
    }
    if (!std::all_of(facts.findings.begin(), facts.findings.end(), [](const Finding& finding) { return is_finding_id(finding.id); })) {
        return "a finding with an id that is none";
    }
    const auto of_image = [](const FormatFact& fact) { return fact.format == kLayersRead || fact.format == kModelLayersRead; };
    if (std::any_of(facts.formats.begin(), facts.formats.end(), of_image)) return "what was read of an image, which the host knows";
    if (order.task != ParseOrder::Task::manifest && !facts.includes.empty()) return "an include, of what is no manifest";
    if (order.task != ParseOrder::Task::manifest && (!facts.workloads.empty() || !facts.fences.empty())) return "a workload, of what is no manifest";
    for (const Workload& workload : facts.workloads) {
        const bool foreign = std::any_of(workload.containers.begin(), workload.containers.end(), [&](const WorkloadContainer& one) { return one.where.path != order.path; });
        if (foreign) return "a fact about another file";
    }
    return "";
}

std::string_view contradiction(const Parsed& parsed, const ParseOrder& order) {
    const Evidence& facts = parsed.facts;
    if (!asks_for_facts(order.task)) {
        return facts.empty() ? "" : "facts, where a question was asked";
    }
    if (parsed.yes && facts.formats.empty()) return "every byte understood, and not what they are";
    const bool explained = !facts.opaques.empty() || !facts.findings.empty();
    if (order.task != ParseOrder::Task::manifest && !parsed.yes && !explained) return "not every byte understood, and not why";
    return "";
}

}  // namespace

std::string write_order(const WireOrder& order) {
    std::string out;
    out += static_cast<char>(order.what.task);
    out += static_cast<char>(order.kind);
    out += static_cast<char>(number_of(order.what.manifest));
    put(out, order.size);
    each_limit(order.what.limits, [&](const auto& limit) { put(out, std::uint64_t{limit}); });
    return out + order.what.path;
}

Result<WireOrder> read_order(ByteView bytes) {
    Reader reader(bytes);
    WireOrder order;
    const auto task = reader.u8(), kind = reader.u8(), manifest = reader.u8();
    const auto size = reader.u64le();
    if (!size || *task >= ParseOrder::kTasks || *kind > 1) return broken("an order of another kind");
    order.what.task = static_cast<ParseOrder::Task>(*task);
    order.kind = static_cast<io::WorkerSource::Kind>(*kind == 1);
    order.size = *size;
    const auto formats = intake::manifest_formats();
    const bool names_manifest = *manifest < formats.size();
    if (names_manifest != (order.what.task == ParseOrder::Task::manifest)) return broken("an order of another kind");
    if (names_manifest) order.what.manifest = &formats[*manifest];
    bool whole = true;
    each_limit(order.what.limits, [&](auto& limit) {
        const auto value = reader.u64le();
        whole = whole && value.has_value();
        limit = static_cast<std::remove_cvref_t<decltype(limit)>>(value.value_or(0));
    });
    if (!whole) return broken("an order that ends early");
    order.what.path = as_text(*reader.take(reader.remaining()));
    return order;
}

std::string write_answer(const WireAnswer& answer) {
    std::string out;
    out += answer.readable ? '\1' : '\0';
    if (!answer.readable) return out;
    out += answer.parsed.yes ? '\1' : '\0';
    recording::write_binary(answer.parsed.facts, out);
    put(out, static_cast<std::uint32_t>(answer.seen.size()));
    for (const io::SeenRange& range : answer.seen) {
        put(out, range.offset);
        put(out, range.length);
        out += as_text(range.sha256);
    }
    return out;
}

Result<WireAnswer> read_answer(ByteView bytes, const ParseOrder& order) {
    Reader reader(bytes);
    WireAnswer answer;
    const auto readable = reader.u8();
    if (!readable || *readable > 1) return broken("it is no answer");
    answer.readable = *readable == 1;
    if (!answer.readable) return reader.at_end() ? Result<WireAnswer>(std::move(answer)) : broken("more behind its end");
    const auto yes = reader.u8();
    if (!yes || *yes > 1) return broken("neither yes nor no");
    answer.parsed.yes = *yes == 1;
    answer.parsed.facts = TRY(recording::read_binary(reader, {kMostMemory}));
    const auto count = reader.u32le();
    if (!count || *count > io::SeenRanges::kMostRanges) return broken("more ranges than can be");
    for (std::uint32_t i = 0; i < *count; ++i) {
        io::SeenRange& range = answer.seen.emplace_back();
        const auto offset = reader.u64le(), length = reader.u64le();
        const auto digest = reader.take(range.sha256.size());
        if (!digest) return broken("it ends within a range");
        range.offset = *offset;
        range.length = *length;
        std::copy(digest->begin(), digest->end(), range.sha256.begin());
    }
    if (!reader.at_end()) return broken("more behind its end");
    if (const std::string_view what = forged(answer.parsed.facts, order); !what.empty()) return broken(what);
    if (const std::string_view what = contradiction(answer.parsed, order); !what.empty()) return broken(what);
    return answer;
}

}  // namespace headgate::pipeline
