#include "pipeline/isolation.hpp"

#include <array>
#include <cstring>

#include "base/text.hpp"
#include "io/sealed_copy.hpp"
#include "io/worker_source.hpp"
#include "pipeline/package_lists.hpp"
#include "pipeline/registry_hosts.hpp"
#include "pipeline/parse_wire.hpp"

namespace headgate::pipeline {
namespace {

// Bytes in memory of this process, as a source that a parser may ask.
class HeldBytes final : public io::HoldingSource {
  public:
    explicit HeldBytes(ByteView bytes) : source_(bytes) {}
    std::uint64_t size() const override { return source_.size(); }
    std::optional<ByteView> view(std::uint64_t offset, std::uint64_t length) override { return source_.view(offset, length); }
    bool exhausted() const override { return false; }

  private:
    MemorySource source_;
};

// What did not answer is taken for what has more asked about it; about a file that was to be read, that nothing is known.
Parsed no_answer(const ParseOrder& order, std::uint64_t size, const std::string& why) {
    Parsed parsed;
    if (!asks_for_facts(order.task)) {
        parsed.yes = true;
        return parsed;
    }
    const Location where{order.path, {}, {}, {}};
    parsed.facts.findings.push_back({"file.unscannable", Severity::high, order.path + ": " + why, where,
                                     "The parser runs in a process of its own, which ends like this when a file has got the better of it. What cannot be "
                                     "read within the limits cannot be judged.",
                                     "Do not load it. If it is honest, report it: a parser that stumbles is a mistake of this program."});
    parsed.facts.opaques.push_back({where, "its parser did not answer", size});
    return parsed;
}

// What most files ask of a parser, once, so that code and memory are at hand when one comes.
void warm_up() {
    using namespace std::string_view_literals;
    constexpr std::array kUsual = {"7\0\0\0\0\0\0\0{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}0000"sv,
                                   "\x80\x02}q\0X\x01\0\0\0aq\x01K\x01s."sv, "{\"a\": [1, \"b\"]}"sv, "# A card\n"sv};
    for (const std::string_view bytes : kUsual) {
        HeldBytes source(as_bytes(bytes));
        const Parsed parsed = parse({ParseOrder::Task::artifact, "file", nullptr, {}}, source);
        static_cast<void>(write_answer({true, parsed, {}}));
    }
}

std::string why(const io::Worked& worked, const io::WorkerLimits& limits) {
    switch (worked.end) {
        case io::Worked::End::late: return "its parser had no answer after " + std::to_string(limits.deadline.count() / 1000) + " s";
        case io::Worked::End::too_much: return "its parser answered more than " + std::to_string(limits.answer) + " bytes";
        case io::Worked::End::answered:
        case io::Worked::End::died: break;
    }
    if (worked.signal == 0) return "its parser ended without an answer";
    const char* const name = ::sigdescr_np(worked.signal);
    return "its parser was ended by signal " + std::to_string(worked.signal) + (name == nullptr ? "" : " (" + std::string(name) + ")");
}

}  // namespace

std::string work(ByteView bytes, int input) {
    if (bytes.empty()) {
        warm_up();
        return {};
    }
    const auto order = read_order(bytes);
    if (!order.ok()) return {};
    io::WorkerSource source(input, order->size, order->kind);
    WireAnswer answer;
    answer.parsed = parse(order->what, source);
    answer.readable = !source.failure();
    answer.seen = source.seen();
    return write_answer(answer);
}

Result<std::shared_ptr<const Isolation>> Isolation::start(Mode mode, const io::WorkerLimits& limits, io::Work work) {
    static_cast<void>(published_build_tools());
    static_cast<void>(package_words());      // read before the zygote is made: what is broken is said where it is needed
    auto isolation = std::make_shared<Isolation>();
    isolation->zygote_ = TRY(io::Zygote::start(work, limits, mode == Mode::required));
    return std::shared_ptr<const Isolation>(std::move(isolation));
}

Result<Isolation::Shown> Isolation::answer_of(const ParseOrder& order, std::uint64_t size, int input, io::WorkerSource::Kind kind, Deadline deadline) const {
    auto worked_or = zygote_->run(write_order({order, size, kind}), input, deadline.value_or(io::Zygote::Clock::time_point::max()));
    if (!worked_or.ok()) return Error{worked_or.error().code, order.path + ": " + worked_or.error().message};
    const io::Worked& worked = *worked_or;
    const auto none = [&](const std::string& reason) { return Shown{no_answer(order, size, reason), false, {}}; };
    if (worked.end != io::Worked::End::answered) return none(why(worked, zygote_->limits()));
    auto answer = read_answer(as_bytes(worked.answer), order);
    if (!answer.ok()) return none("its parser gave an answer that is none: " + answer.error().message);
    // That the file changed, the host finds out when it hashes it: a worker's word for it is not taken.
    if (!answer->readable) return none("its parser could not read it");
    return Shown{std::move(answer->parsed), true, std::move(answer->seen)};
}

Result<Parsed> Isolation::ask(const ParseOrder& order, std::uint64_t size, int input, io::FileSource* file, Deadline deadline) const {
    const bool in_ranges = file != nullptr && size > io::FileSource::kWhole;
    Shown shown = TRY(answer_of(order, size, input, in_ranges ? io::WorkerSource::Kind::file : io::WorkerSource::Kind::sealed, deadline));
    if (!shown.answered) return std::move(shown.parsed);
    const bool possible = file != nullptr ? file->shown_to_worker(std::move(shown.seen), reads_through(order.task)) : shown.seen.empty();
    if (!possible) return no_answer(order, size, "its parser gave an answer that is none: ranges that the file does not have");
    return std::move(shown.parsed);
}

Result<Isolation::Shown> Isolation::parse_shown(const ParseOrder& order, std::uint64_t size, int input, Deadline deadline) const {
    Shown shown = TRY(answer_of(order, size, input, io::WorkerSource::Kind::file, deadline));
    if (shown.answered && !io::SeenRanges().set(shown.seen, size, reads_through(order.task))) {
        return Shown{no_answer(order, size, "its parser gave an answer that is none: ranges that the file does not have"), false, {}};
    }
    return shown;
}

Result<Parsed> Isolation::parse(const ParseOrder& order, io::FileSource& source, Deadline deadline) const {
    const auto input = source.for_worker();
    if (!input) return *source.failure();
    return ask(order, source.size(), *input, &source, deadline);
}

Result<Parsed> Isolation::parse(const ParseOrder& order, ByteView bytes, Deadline deadline) const {
    const io::Descriptor copy = TRY(io::sealed_copy(bytes));
    return ask(order, bytes.size(), copy.get(), nullptr, deadline);
}

Result<Parsed> ParsingPlace::parse(const ParseOrder& order, io::FileSource& source) const {
    if (workers != nullptr) return workers->parse(order, source, deadline);
    return pipeline::parse(order, source);
}

Result<Parsed> ParsingPlace::parse(const ParseOrder& order, ByteView bytes) const {
    if (workers != nullptr) return workers->parse(order, bytes, deadline);
    HeldBytes source(bytes);
    return pipeline::parse(order, source);
}

}  // namespace headgate::pipeline
