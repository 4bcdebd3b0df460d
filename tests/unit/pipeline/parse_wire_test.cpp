// Orders and answers: what a worker says is read strictly, and not at all where it speaks of what is not its own.
#include "pipeline/parse_wire.hpp"

#include <catch2/catch.hpp>

#include "intake/manifest.hpp"
#include "unit/recording/filled.hpp"

using namespace headgate;
using namespace headgate::pipeline;
using Task = ParseOrder::Task;

namespace {

ParseOrder order_for(const std::string& path, Task task = Task::artifact) {
    const auto* const manifest = task == Task::manifest ? intake::find_manifest("requirements.txt") : nullptr;
    return {task, path, manifest, {}};
}

// Every fact that a parser can find, about one file.
WireAnswer filled_answer() {
    WireAnswer answer;
    answer.readable = answer.parsed.yes = true;
    Evidence& facts = answer.parsed.facts = recording_test::filled_evidence();
    facts.files.clear();
    facts.signatures.clear();
    facts.statements.clear();
    facts.provenances.clear();
    facts.comparisons.clear();
    facts.includes.clear();
    facts.workloads.clear();
    facts.fences.clear();
    facts.tensors[0].statistics.reset();
    answer.seen = {{0, 10, {}}, {UINT64_MAX, UINT64_MAX, {}}};
    return answer;
}

std::string problem(const WireAnswer& answer, const ParseOrder& order = order_for("dir/a.bin")) {
    const auto read = read_answer(as_bytes(write_answer(answer)), order);
    if (read.ok()) return "";
    CHECK(read.error().code == ErrorCode::malformed);
    return read.error().message;
}

template <typename Change>
std::string problem_of(const Change& change) {
    WireAnswer answer = filled_answer();
    change(answer);
    return problem(answer);
}

}  // namespace

TEST_CASE("an order comes as it went") {
    for (const Task task : {Task::artifact, Task::manifest, Task::is_artifact, Task::is_network, Task::is_model_config, Task::layer, Task::model_layer}) {
        ParseOrder what = order_for(std::string("dir/\0\xFF", 6), task);
        what.limits.steps = 7;
        what.limits.facts = 8;
        const auto read = read_order(as_bytes(write_order({what, UINT64_MAX, io::WorkerSource::Kind::file})));
        REQUIRE(read.ok());
        CHECK(read->what.task == task);
        CHECK(read->what.path == what.path);
        CHECK(read->what.manifest == what.manifest);
        CHECK(read->what.limits.steps == 7);
        CHECK(read->what.limits.facts == 8);
        CHECK(read->what.limits.depth == what.limits.depth);
        CHECK(read->size == UINT64_MAX);
        CHECK(read->kind == io::WorkerSource::Kind::file);
    }
    CHECK(!read_order({}).ok());
    CHECK(!read_order(as_bytes(std::string(20, '\0'))).ok());
}

TEST_CASE("an answer with every fact that a parser finds is read") {
    const WireAnswer answer = filled_answer();
    const std::string bytes = write_answer(answer);
    const auto read = read_answer(as_bytes(bytes), order_for("dir/a.bin"));
    REQUIRE(read.ok());
    CHECK(read->parsed.facts == answer.parsed.facts);
    CHECK(read->parsed.yes);
    CHECK(read->seen.size() == 2);
    CHECK(write_answer(*read) == bytes);
}

TEST_CASE("no beginning of an answer is one, and nothing follows it") {
    const std::string bytes = write_answer(filled_answer());
    std::size_t taken = 0;
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        taken += read_answer(as_bytes(std::string_view(bytes).substr(0, length)), order_for("dir/a.bin")).ok() ? 1U : 0U;
    }
    CHECK(taken == 0);
    CHECK(!read_answer(as_bytes(bytes + std::string(1, '\0')), order_for("dir/a.bin")).ok());
    CHECK(!read_answer(as_bytes(bytes + bytes), order_for("dir/a.bin")).ok());
    WireAnswer unreadable;
    const std::string no = write_answer(unreadable);
    REQUIRE(read_answer(as_bytes(no), order_for("x")).ok());
    CHECK(!read_answer(as_bytes(no), order_for("x"))->readable);
    CHECK(!read_answer(as_bytes(no + "x"), order_for("x")).ok());
}

TEST_CASE("a worker speaks of its own file, and of what parsers find") {
    const Evidence all = recording_test::filled_evidence();
    CHECK(problem_of([](WireAnswer&) {}).empty());
    const std::string host = "facts that only the host finds";
    CHECK(problem_of([&](WireAnswer& a) { a.parsed.facts.files = all.files; }) == host);
    CHECK(problem_of([&](WireAnswer& a) { a.parsed.facts.signatures = all.signatures; }) == host);
    CHECK(problem_of([&](WireAnswer& a) { a.parsed.facts.statements = all.statements; }) == host);
    CHECK(problem_of([&](WireAnswer& a) { a.parsed.facts.provenances = all.provenances; }) == host);
    CHECK(problem_of([&](WireAnswer& a) { a.parsed.facts.comparisons = all.comparisons; }) == host);
    CHECK(problem_of([&](WireAnswer& a) { a.parsed.facts.tensors = all.tensors; }) == "values of a tensor, which the host counts");
    CHECK(problem_of([&](WireAnswer& a) { a.parsed.facts.includes = all.includes; }) == "an include, of what is no manifest");
    CHECK(problem_of([&](WireAnswer& a) { a.parsed.facts.workloads = all.workloads; }) == "a workload, of what is no manifest");
    CHECK(problem_of([&](WireAnswer& a) { a.parsed.facts.fences = all.fences; }) == "a workload, of what is no manifest");
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.formats[0].format = "oci-model-layers"; }) == "what was read of an image, which the host knows");
    const std::string elsewhere = "a fact about another file";
    CHECK(problem(filled_answer(), order_for("dir/b.bin")) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.formats[0].where.path = "dir/b.bin"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.imports[0].where.path = ""; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.calls[0].where.path += "x"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.members[0].where.path += "x"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.tensors[0].where.path += "x"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.operators[0].where.path += "x"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.requirements[0].where.path += "x"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.index_options[0].where.path += "x"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.digest_claims[0].where.path += "x"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.cards[0].where.path += "x"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.index_entries[0].where.path += "x"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.configurations[0].where.path += "x"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.vocabularies[0].where.path += "x"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.opaques[0].where.path += "x"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.findings[0].where.path += "x"; }) == elsewhere);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.formats.resize(1'000'001); }) == "more facts than are taken of one file");
    const std::string id = "a finding with an id that is none";
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.findings[0].id = ""; }) == id);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.findings[0].id = "pickle"; }) == id);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.findings[0].id = "pickle.\n"; }) == id);
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.findings[0].id = "p." + std::string(100, 'a'); }) == id);
}

TEST_CASE("an answer says what it read, or why it did not; to a question there are no facts") {
    CHECK(problem_of([](WireAnswer& a) { a.parsed.facts.formats.clear(); }) == "every byte understood, and not what they are");
    WireAnswer nothing;
    nothing.readable = true;
    CHECK(problem(nothing) == "not every byte understood, and not why");
    CHECK(problem(nothing, order_for("a", Task::is_network)).empty());
    nothing.parsed.yes = true;
    CHECK(problem(nothing, order_for("a", Task::is_artifact)).empty());
    CHECK(problem(filled_answer(), order_for("dir/a.bin", Task::is_artifact)) == "facts, where a question was asked");
}
