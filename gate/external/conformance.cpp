#include "external/conformance.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "crypto/sha256.hpp"
#include "external/sealed.hpp"

namespace headgate::external {
namespace {

constexpr std::size_t kLarge = 64U << 20U;           // bytes of one file
constexpr std::size_t kLong = 2U << 20U;             // of a member that nobody knows

struct Sample {
    std::string path;
    std::string content;
};

const std::vector<Sample> kTwoFiles = {{"README.md", "---\nlicense: mit\n---\n# A model\n"}, {"weights/model.bin", std::string(4096, '\0')}};

std::string difference(const Answer& a, const Answer& b) {
    if (a.status != b.status) return "the status differs";
    return a.findings == b.findings ? "" : "the findings differ";
}

class Kit {
  public:
    Kit(const Plugin& plugin, const std::string& settings, const CallOptions& options) : plugin_(plugin), settings_(settings), options_(options) {
        subject_.ref = "file:conformance";
        subject_.has_bytes = true;
        subject_.is_folder = true;
        subject_.digest.sha256 = crypto::sha256_hex(as_bytes("conformance"));
    }

    Conformance run() {
        auto described = plugin_.describe(options_);
        found_.uncontained = described.uncontained;
        add("it describes itself: name, version, kinds, rules, a settings schema of the subset",
            described.result.ok() ? "" : described.result.error().message);
        if (!described.result.ok()) return std::move(found_);
        described_ = std::move(*described.result);
        found_.name = described_.name;
        found_.version = described_.version;
        subject_.kind = described_.kinds.front();
        const auto takes = Plugin::takes(described_, settings_);
        add("it takes the settings that it is tested with", takes.ok() ? "" : takes.error().message + " (give others with --settings)");
        good_requests();
        odd_requests();
        bad_requests();
        batches();
        return std::move(found_);
    }

  private:
    void add(std::string name, std::string problem) { found_.trials.push_back({std::move(name), std::move(problem)}); }

    // Files of the samples, open.
    Result<std::vector<OpenFile>> open(const std::vector<Sample>& samples) {
        std::vector<OpenFile> files;
        for (const Sample& sample : samples) {
            kept_.push_back(TRY(sealed(as_bytes(sample.content))));
            files.push_back({sample.path, sample.content.size(), crypto::sha256_hex(as_bytes(sample.content)), kept_.back().get()});
        }
        return files;
    }

    Result<Answer> ask(const std::vector<Sample>& samples, const CallOptions& options) {
        kept_.clear();
        Question question{&subject_, "any", settings_, TRY(open(samples))};
        Answer answer = TRY(plugin_.check(question, described_, options).result);
        if (answer.status != Status::error) return answer;
        return Error{ErrorCode::malformed, "it answers the status error" + (answer.message.empty() ? "" : ": " + answer.message)};
    }
    void expect_answer(const std::string& name, const std::vector<Sample>& samples, const CallOptions& options) {
        const auto answer = ask(samples, options);
        add(name, answer.ok() ? "" : answer.error().message);
    }

    void good_requests() {
        const auto first = ask(kTwoFiles, options_);
        add("it looks at a subject of two files", first.ok() ? "" : first.error().message);
        if (first.ok()) {
            const auto second = ask(kTwoFiles, options_);
            add("it says the same twice", second.ok() ? difference(*first, *second) : second.error().message);
        }
        expect_answer("it looks at a subject without files", {}, options_);
        std::vector<Sample> many;
        many.reserve(kMaxFilesOfCall);
        for (std::size_t i = 0; i < kMaxFilesOfCall; ++i) many.push_back({"part-" + std::to_string(i) + ".txt", "text\n"});
        expect_answer("it looks at " + std::to_string(kMaxFilesOfCall) + " files, as many as one request has", many, options_);
        expect_answer("it looks at a file of 64 MiB within its time and memory", {{"large.bin", std::string(kLarge, '\0')}}, options_);
    }

    void odd_requests() {
        expect_answer("it takes names with quotes, line ends, letters of any script and control characters",
                      {{"a \"b\" 'c' \\ $(d) `e`", "1"}, {"line\nend", "2"}, {"\xd0\xb6/\xe6\xa8\xa1\xe5\x9e\x8b", "3"}, {"\x01\x1b[31m", "4"}}, options_);
        CallOptions slow = options_;
        slow.pause = std::chrono::milliseconds(500);
        expect_answer("it waits for a request that comes in two pieces, half a second apart", kTwoFiles, slow);
        kept_.clear();
        const auto files = open(kTwoFiles);
        if (!files.ok()) return add("files can be handed over", files.error().message);
        const CheckRequest request = request_of(*files);
        std::string text = check_request(request, facts(files->size()));
        text.insert(text.size() - 1, ",\"of-a-later-version\":\"" + std::string(kLong, 'x') + "\"");
        add("it passes over a member of 2 MiB that it does not know", answer_problem(text, *files, request));
    }

    CheckRequest request_of(const std::vector<OpenFile>& files) const {
        CheckRequest request{new_request_id(), &subject_, "any", settings_, {}};
        int number = io::kFirstInput + 1;
        for (const OpenFile& file : files) request.files.push_back({file.path, file.size, file.sha256, number++});
        return request;
    }
    // Of a call that hands over so many files: data come behind them.
    CallFacts facts(std::size_t files) const {
        int number = io::kFirstInput + 1 + static_cast<int>(files);
        CallFacts facts;
        facts.deadline_ms = plugin_.spec().timeout * 1000;
        facts.now = options_.now;
        facts.offline = !plugin_.spec().network;
        for (const PinnedFile& file : plugin_.data()) facts.data.push_back({file.name, file.size, file.sha256, number++});
        return facts;
    }
    std::string answer_problem(const std::string& input, const std::vector<OpenFile>& files, const CheckRequest& request) {
        const auto run = plugin_.call(input, files, options_);
        if (!run.ok()) return run.error().message;
        std::string problem = problem_of(*run, std::chrono::seconds(plugin_.spec().timeout));
        if (!problem.empty()) return problem;
        const auto answer = read_answer(as_bytes(run->output), request, described_);
        if (!answer.ok()) return answer.error().message;
        return answer->status == Status::error ? "it answers the status error" : "";
    }

    // Whatever it does with what is no request, it may not say that it looked.
    void expect_refusal(const std::string& name, const std::string& input) {
        const auto run = plugin_.call(input, {}, options_);
        if (!run.ok()) return add(name, run.error().message);
        if (run->end == io::Contained::End::deadline) return add(name, "it does not end");
        const bool well = problem_of(*run, {}).empty();
        const auto document = codec::parse_json(as_bytes(run->output));
        const std::string* const status = document.ok() ? document->find_text("status") : nullptr;
        const bool looked = well && status != nullptr && *status != "error";
        add(name, looked ? "it answers '" + escape_terminal(*status, 40) + "', as if it had looked" : "");
    }
    void bad_requests() {
        const CheckRequest request = request_of({});
        const std::string good = check_request(request, facts(0));
        const auto with = [&](const std::string& from, const std::string& to) {
            std::string text = good;
            text.replace(text.find(from), from.size(), to);
            return text;
        };
        expect_refusal("a request that is cut in the middle is refused", good.substr(0, good.size() / 2));
        expect_refusal("an empty request is refused", "");
        expect_refusal("a request that is no JSON is refused", "check everything, please\n");
        expect_refusal("a request of another protocol is refused", with("\"protocol\":1", "\"protocol\":999"));
        expect_refusal("an operation that it does not know is refused", with("\"op\":\"check\"", "\"op\":\"approve\""));
    }

    void batches() {
        if (!described_.batch) return;
        kept_.clear();
        std::vector<Question> questions;
        for (int i = 0; i < 3; ++i) {
            auto files = open(kTwoFiles);
            if (!files.ok()) return add("files can be handed over", files.error().message);
            questions.push_back({&subject_, "any", settings_, std::move(*files)});
        }
        const auto reply = plugin_.check_batch(questions, described_, options_);
        add("it answers three requests at once, each once", reply.result.ok() ? "" : reply.result.error().message);
        expect_refusal("a batch that is cut in the middle is refused", "[" + check_request(request_of({}), facts(0)) + ",");
    }

    const Plugin& plugin_;
    const std::string& settings_;
    const CallOptions& options_;
    Subject subject_;
    Description described_;
    std::vector<io::Descriptor> kept_;
    Conformance found_;
};

}  // namespace

Conformance conformance(const Plugin& plugin, const std::string& settings, const CallOptions& options) { return Kit(plugin, settings, options).run(); }

}  // namespace headgate::external
