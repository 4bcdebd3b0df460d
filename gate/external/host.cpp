#include "external/host.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <semaphore>
#include <thread>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/sha256.hpp"
#include "external/sealed.hpp"
#include "external/settings_schema.hpp"

namespace headgate::external {
namespace {

using Clock = std::chrono::steady_clock;

// Over the whole process, however many requests a server has: each call is a process, and descriptors of up to 128 files.
constexpr std::ptrdiff_t kMostAtOnce = 4;
std::counting_semaphore<kMostAtOnce>& places() {
    static std::counting_semaphore<kMostAtOnce> free(std::clamp<std::ptrdiff_t>(std::thread::hardware_concurrency(), 1, kMostAtOnce));
    return free;
}

// What resolving a name and verifying TLS need of /etc.
constexpr std::array kToConnect = {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services",
                                   "/etc/ssl/certs", "/etc/ssl/openssl.cnf"};

class Place {
  public:
    explicit Place(std::chrono::milliseconds patience) : taken_(places().try_acquire_for(patience)) {}
    ~Place() {
        if (taken_) places().release();
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    bool taken() const { return taken_; }

  private:
    bool taken_;
};

std::vector<std::string> environment_of(const PluginSpec& spec) {
    std::vector<std::string> variables = {"HEADGATE_PROTOCOL=" + std::to_string(kProtocol),
                                          "HEADGATE_REQUEST=/proc/self/fd/" + std::to_string(io::kFirstInput)};
    for (const std::string& name : spec.pass_env) {
        if (const char* const value = std::getenv(name.c_str())) variables.push_back(name + "=" + value);
    }
    return variables;
}

std::string first_line(const std::string& log) {
    const std::string_view text = trim(log);
    if (text.empty()) return "";
    // A traceback says at its end what it is about.
    const std::size_t last = text.rfind('\n');
    return "; its log ends: " + escape_terminal(text.substr(last == std::string_view::npos ? 0 : last + 1), 300);
}

Result<PinnedFile> read_pinned(const std::string& path, Bytes& content) {
    PinnedFile file;
    file.copy = TRY(io::load_program(path, content));
    file.size = content.size();
    file.sha256 = crypto::sha256_hex(content);
    return file;
}

std::vector<InputFile> numbered(std::span<const OpenFile> files, int first) {
    std::vector<InputFile> inputs;
    for (const OpenFile& file : files) inputs.push_back({file.path, file.size, file.sha256, first++});
    return inputs;
}

constexpr int kFirstFile = io::kFirstInput + 1;      // behind the request

}  // namespace

Result<PinnedFile> read_executable(const std::string& path) {
    Bytes content;
    PinnedFile file = TRY(read_pinned(path, content));
    const std::string_view head = as_text(ByteView(content).first(std::min<std::size_t>(content.size(), 4)));
    if (!head.starts_with("#!") && head != "\177ELF") {
        return Error{ErrorCode::policy, path + ": cannot be run: neither a binary nor a script that begins with #!"};
    }
    return file;
}

Result<PinnedFile> read_data_file(const std::string& name, const std::string& path) {
    Bytes content;
    PinnedFile file = TRY(read_pinned(path, content));
    file.name = name;
    return file;
}

std::string new_request_id() {
    std::array<std::uint8_t, 16> bytes{};
    // Blocks until the kernel has randomness, and does not fail for so few bytes.
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
    return to_hex(bytes);
}

std::string problem_of(const io::Contained& run, std::chrono::milliseconds deadline) {
    switch (run.end) {
        case io::Contained::End::deadline: return "it did not end within " + std::to_string(deadline.count()) + " ms";
        case io::Contained::End::too_much_output: return "it answered more than " + std::to_string(kMaxAnswer) + " bytes";
        case io::Contained::End::signalled: return "it was ended by signal " + std::to_string(run.code) + first_line(run.log);
        case io::Contained::End::exited: break;
    }
    if (run.code == 0) return "";
    if (run.code == 126 || run.code == 127) return "it could not be run (exit code " + std::to_string(run.code) + ")" + first_line(run.log);
    return "it ended with exit code " + std::to_string(run.code) + first_line(run.log);
}

Plugin::Plugin(PluginSpec spec, PinnedFile program, std::vector<PinnedFile> data, std::vector<std::string> taken)
    : spec_(std::move(spec)), program_(std::move(program)), data_(std::move(data)), taken_(std::move(taken)) {}

bool Plugin::is_pinned() const {
    bool same = spec_.program.sha256 == program_.sha256;
    for (std::size_t i = 0; i < data_.size(); ++i) same = same && spec_.data[i].sha256 == data_[i].sha256;
    return same;
}

Result<std::chrono::milliseconds> Plugin::time_for(const CallOptions& options) const {
    std::chrono::milliseconds time = std::chrono::seconds(spec_.timeout);
    if (options.deadline) time = std::min(time, std::chrono::floor<std::chrono::milliseconds>(*options.deadline - Clock::now()));
    if (time.count() <= 0) return Error{ErrorCode::deadline, "the time allowed for the judgement is over"};
    return time;
}

Result<io::Contained> Plugin::call(const std::string& input, std::span<const OpenFile> files, const CallOptions& options) const {
    // Others of this process run first, one after another; who has a deadline does not wait beyond it.
    const Place place(TRY(time_for(options)) * (options.deadline ? 1 : 4));
    if (!place.taken()) return Error{ErrorCode::deadline, "other plugins took all the time"};
    io::ContainedCall call;
    call.limits.deadline = TRY(time_for(options));
    call.limits.output = kMaxAnswer;
    call.environment = environment_of(spec_);
    call.input = input;
    call.network = spec_.network;
    if (spec_.network) call.readable.assign(kToConnect.begin(), kToConnect.end());
    call.required = options.required;
    call.pause = options.pause;
    std::vector<io::Descriptor> own;
    own.push_back(TRY(sealed(as_bytes(input))));
    call.inputs.push_back(own.back().get());
    for (const OpenFile& file : files) call.inputs.push_back(file.descriptor);
    for (const PinnedFile& file : data_) {
        own.push_back(TRY(opened_again(file.copy.image.get())));
        call.inputs.push_back(own.back().get());
    }
    return io::run_contained(program_.copy, call);
}

Reply<std::string> Plugin::ask(const std::string& input, std::span<const OpenFile> files, const CallOptions& options) const {
    const auto time = time_for(options);
    auto run = call(input, files, options);
    if (!run.ok()) return {run.error()};
    const std::string problem = problem_of(*run, time.ok() ? *time : std::chrono::milliseconds(0));
    if (!problem.empty()) return {Error{ErrorCode::malformed, problem}, std::move(run->missing)};
    return {std::move(run->output), std::move(run->missing)};
}

CallFacts Plugin::facts_of(std::size_t files, const CallOptions& options) const {
    CallFacts facts;
    const auto time = time_for(options);
    facts.deadline_ms = time.ok() ? time->count() : 0;
    facts.now = options.now;
    facts.offline = !spec_.network;
    facts.policy_uri = options.policy_uri;
    facts.policy_digest = options.policy_digest;
    int number = kFirstFile + static_cast<int>(files);
    for (const PinnedFile& file : data_) facts.data.push_back({file.name, file.size, file.sha256, number++});
    return facts;
}

Reply<Description> Plugin::describe(const CallOptions& options) const {
    {
        const std::lock_guard lock(mutex_);
        if (described_) return {*described_, uncontained_};
    }
    const std::string id = new_request_id();
    auto reply = ask(describe_request(id), {}, options);
    if (!reply.result.ok()) return {reply.result.error(), std::move(reply.uncontained)};
    auto described = read_description(as_bytes(*reply.result), id, taken_);
    if (!described.ok()) return {described.error(), std::move(reply.uncontained)};
    if (const auto schema = check_schema(described->settings_schema); !schema.ok()) return {schema.error(), std::move(reply.uncontained)};
    if (described->needs_network && !spec_.network) {
        return {Error{ErrorCode::policy, "it needs the network; say 'network: true' for it, or do not use it"}, std::move(reply.uncontained)};
    }
    std::vector<std::string> given;
    given.reserve(data_.size());
    for (const PinnedFile& file : data_) given.push_back(file.name);
    for (const auto& [these, those, what] : {std::tuple(&described->needs_data, &given, "it needs the data '"),
                                             std::tuple(&given, &described->needs_data, "it does not ask for the data '")}) {
        for (const std::string& name : *these) {
            if (std::find(those->begin(), those->end(), name) != those->end()) continue;
            return {Error{ErrorCode::policy, what + name + "'; see 'data' of the plugin in the policy"}, std::move(reply.uncontained)};
        }
    }
    const std::lock_guard lock(mutex_);
    described_ = *described;
    uncontained_ = reply.uncontained;
    return {std::move(*described), std::move(reply.uncontained)};
}

Result<void> Plugin::takes(const Description& described, const std::string& settings) {
    const codec::Json document = TRY(codec::parse_json(as_bytes(settings)));
    return check_settings(document, described.settings_schema);
}

Reply<Answer> Plugin::check(const Question& question, const Description& described, const CallOptions& options) const {
    const CheckRequest request{new_request_id(), question.subject, question.tier, question.settings, numbered(question.files, kFirstFile),
                               question.part, question.parts, question.paths};
    auto reply = ask(check_request(request, facts_of(question.files.size(), options)), question.files, options);
    if (!reply.result.ok()) return {reply.result.error(), std::move(reply.uncontained)};
    return {read_answer(as_bytes(*reply.result), request, described), std::move(reply.uncontained)};
}

Reply<std::vector<Answer>> Plugin::check_batch(std::span<const Question> questions, const Description& described, const CallOptions& options) const {
    std::vector<OpenFile> files;
    std::vector<CheckRequest> requests;
    for (const Question& question : questions) {
        requests.push_back({new_request_id(), question.subject, question.tier, question.settings,
                            numbered(question.files, kFirstFile + static_cast<int>(files.size())), question.part, question.parts, {}});
        files.insert(files.end(), question.files.begin(), question.files.end());
    }
    const CallFacts facts = facts_of(files.size(), options);
    std::string input;
    for (const CheckRequest& request : requests) input += (input.empty() ? "[" : ",\n") + check_request(request, facts);
    auto reply = ask(input + "]", files, options);
    if (!reply.result.ok()) return {reply.result.error(), std::move(reply.uncontained)};
    return {read_answers(as_bytes(*reply.result), requests, described), std::move(reply.uncontained)};
}

}  // namespace headgate::external
