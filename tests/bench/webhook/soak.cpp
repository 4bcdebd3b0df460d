// soak.cpp: the load and the judge of soak.sh.
//
// soak FOLDER PORT PID REQUESTS CONNECTIONS RATE
//   FOLDER: what soak.py made; digests.txt (of policies/NN.yaml, a line each); policy.yaml, which the server reads; ca.crt; certificates/NN/ and the
//   link certificates/..data to one of them, which it reads too; log, to which lines of the server about itself are written.
//   RATE: requests a second over all connections; 0: as fast as they are answered.
//
// While REQUESTS are asked, the policy is replaced every 300 ms, each seventh time by one that does not load, and the certificate as soon as the last
// one is shown (the server looks once a second). An answer says which policy it is of. It is wrong unless that is one that was in force while the
// question was open: not older than the last one of which the server had said so before, nor newer than the last one that was written; and unless it
// says of that policy what soak.py expects, to the letter what the same question was answered under a policy of that kind before. A connection is wrong
// if it shows a certificate that is older than one that was shown before it began. Prints what was counted, a line each; ends with 1 if anything is wrong.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

#include "client.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
namespace fs = std::filesystem;

constexpr milliseconds kPolicyEvery(300), kBrokenStays(1200), kCertificateEvery(300), kLookEvery(10);
constexpr milliseconds kMostDelay(10'000);       // until the server has noticed a policy or a certificate
constexpr std::uint64_t kBrokenEvery = 7, kReopenEvery = 2500;
constexpr long kMostGrowth = 16L << 10;          // KiB, from a tenth of the requests to the last

struct Question {
    std::string name, request;
    int status = 200;
    int code[2] = {0, 0};                        // under policies of kind a, b; 200: allowed
    std::string uid;
};

std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Things of a ring that follow each other. Which turn a thing of the ring was seen at is told by when it was possible.
class Ring {
  public:
    explicit Ring(std::vector<std::string> names) : names_(std::move(names)) {
        for (std::size_t i = 0; i < names_.size(); ++i) places_.emplace(names_[i], i);
    }
    /// The latest turn in [from, to] at which it was this one.
    std::optional<std::uint64_t> turn_of(std::string_view name, std::uint64_t from, std::uint64_t to) const {
        const auto place = places_.find(name);
        if (place == places_.end()) return std::nullopt;
        for (std::uint64_t turn = to + 1; turn-- > from;) {
            if (turn % names_.size() == place->second) return turn;
        }
        return std::nullopt;
    }
    std::size_t size() const { return names_.size(); }
    bool holds_twice() const { return places_.size() != names_.size(); }
    bool empty() const { return names_.empty(); }

  private:
    std::vector<std::string> names_;
    std::map<std::string, std::size_t, std::less<>> places_;
};

void raise(std::atomic<std::uint64_t>& value, std::uint64_t to) {
    std::uint64_t now = value;
    while (now < to && !value.compare_exchange_weak(now, to)) {
    }
}

class Soak {
  public:
    Soak(fs::path folder, int port, int server, std::uint64_t requests, std::size_t connections, double rate)
        : folder_(std::move(folder)), port_(port), server_(server), requests_(requests), connections_(connections), rate_(rate) {}

    int run() {
        read();
        if (broken_) return 2;
        {
            webhook::Client warm(context_, kHost, port_);
            if (!warm.open()) return fail("no connection"), 2;
        }
        const long files_before = settled_files(10, 0);
        std::vector<std::thread> threads;
        begin_ = Clock::now();
        threads.emplace_back([this] { replace_policies(); });
        threads.emplace_back([this] { follow_log(); });
        threads.emplace_back([this] { rotate_certificates(); });
        std::vector<std::thread> askers;
        const long at_start = resident();
        for (std::size_t i = 0; i < connections_; ++i) askers.emplace_back([this, i] { ask(i); });
        while (taken_ < requests_ / 10 && !broken_) std::this_thread::sleep_for(milliseconds(1));
        const long at_tenth = resident();
        for (std::thread& asker : askers) asker.join();
        const double took = std::chrono::duration<double>(Clock::now() - begin_).count();
        const long at_end = resident();
        ended_ = true;
        for (std::thread& thread : threads) thread.join();
        const long files_after = settled_files(40, files_before);
        std::printf("requests        %llu in %.1f s (%.0f a second), %llu of them no review\n", count(answered_), took, static_cast<double>(answered_) / took, count(malformed_));
        std::printf("wrong           %llu\n", count(wrong_));
        std::printf("connections     %llu\n", count(opened_));
        std::printf("policies        %llu written, %llu that do not load; loaded %llu times, refused %llu times\n", count(written_), count(broken_written_), count(loaded_), count(refused_));
        std::printf("certificates    %llu changed, each shown\n", count(certificates_));
        std::printf("resident KiB    %ld at the start, %ld after a tenth, %ld at the end\n", at_start, at_tenth, at_end);
        std::printf("open files      %ld before, %ld after\n", files_before, files_after);
        if (answered_ != requests_) fail("not every request was answered");
        if (loaded_ == 0 || refused_ == 0 || certificates_ == 0) fail("too little was changed meanwhile: ask more, or more slowly");
        if (at_end - at_tenth > kMostGrowth) fail("memory grows");
        if (files_after > files_before) fail("open files are left");
        return wrong_ == 0 && !broken_ ? 0 : 1;
    }

  private:
    static constexpr const char* kHost = "127.0.0.1";
    static unsigned long long count(const std::atomic<std::uint64_t>& value) { return value.load(); }

    void fail(const std::string& what) {
        std::fprintf(stderr, "soak: %s\n", what.c_str());
        broken_ = true;
    }
    // Stated of the first few.
    void wrong(const std::string& about, const std::string& what, std::string_view answer = {}) {
        if (++wrong_ <= 5) std::fprintf(stderr, "soak: wrong: %s: %s: %s\n", about.c_str(), what.c_str(), std::string(answer.substr(0, 600)).c_str());
    }

    void read() {
        context_ = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
        if (SSL_CTX_load_verify_locations(context_, (folder_ / "ca.crt").c_str(), nullptr) != 1 ||
            X509_VERIFY_PARAM_set1_ip_asc(SSL_CTX_get0_param(context_), kHost) != 1) {
            fail("no authority");
        }
        std::ifstream table(folder_ / "expected.tsv");
        std::string path;
        for (Question one; table >> one.name >> path >> one.status >> one.code[0] >> one.code[1];) {
            const std::string body = text_of(folder_ / "bodies" / (one.name + ".json"));
            one.request = webhook::post(kHost, port_, path + "?timeout=10s", body);
            const std::size_t uid = body.find("\"uid\":\"");
            one.uid = uid == std::string::npos ? "" : body.substr(uid + 7, 36);
            questions_.push_back(one);
        }
        std::ifstream digests(folder_ / "digests.txt");
        policies_.emplace(std::vector<std::string>(std::istream_iterator<std::string>(digests), {}));
        std::vector<std::string> shown;
        for (int i = 0; fs::exists(certificate_folder(static_cast<std::uint64_t>(i))); ++i) {
            const std::string pem = text_of(certificate_folder(static_cast<std::uint64_t>(i)) / "tls.crt");
            BIO* const bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
            X509* const certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
            shown.push_back(webhook::fingerprint(certificate));
            X509_free(certificate);
            BIO_free(bio);
        }
        rotation_.emplace(std::move(shown));
        if (questions_.empty() || policies_->size() < 4 || policies_->size() % 2 != 0 || policies_->holds_twice() || rotation_->size() < 4 || rotation_->holds_twice()) {
            fail("the folder is not as it should be");
        }
        said_.resize(questions_.size() * 2);
    }

    fs::path certificate_folder(std::uint64_t number) const { return folder_ / "certificates" / (number < 10 ? "0" + std::to_string(number) : std::to_string(number)); }

    long resident() const {
        std::ifstream status("/proc/" + std::to_string(server_) + "/status");
        for (std::string word; status >> word;) {
            long value = 0;
            if (word == "VmRSS:" && status >> value) return value;
        }
        return 0;
    }
    long files() const {
        std::error_code error;
        long number = 0;
        for (fs::directory_iterator one("/proc/" + std::to_string(server_) + "/fd", error), end; one != end; one.increment(error)) ++number;
        return number;
    }
    // Connections linger a little after their clients have gone: the least of some looks, until it is `enough`.
    long settled_files(int looks, long enough) const {
        long least = files();
        for (int i = 0; i < looks && least > enough; ++i) {
            std::this_thread::sleep_for(milliseconds(100));
            least = std::min(least, files());
        }
        return least;
    }

    // --- questions and answers

    void ask(std::size_t connection) {
        std::unique_ptr<webhook::Client> client;
        std::uint64_t asked = connection * (kReopenEvery / connections_);        // not all of them are opened again at once
        webhook::Answer answer;
        for (std::uint64_t number = taken_++; number < requests_ && !broken_; number = taken_++) {
            if (rate_ > 0) std::this_thread::sleep_until(begin_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(static_cast<double>(number) / rate_)));
            if (client == nullptr || client->hung_up() || ++asked % kReopenEvery == 0) client = connect();
            if (client == nullptr) return;
            const Question& question = questions_[number % questions_.size()];
            const std::uint64_t from = in_force_;
            if (!client->ask(question.request, answer)) {
                wrong(question.name, "no answer");
                client = nullptr;
                continue;
            }
            ++answered_;
            judge(number % questions_.size(), answer, from, written_);
            if (!answer.stays) client = nullptr;
        }
    }

    std::unique_ptr<webhook::Client> connect() {
        const std::uint64_t from = shown_;
        auto client = std::make_unique<webhook::Client>(context_, kHost, port_);
        if (!client->open()) {
            fail("no connection, or a certificate that is not ours: " + client->problem());
            return nullptr;
        }
        ++opened_;
        const auto turn = rotation_->turn_of(client->certificate(), from, certificates_);
        if (turn) raise(shown_, *turn);
        else wrong("a connection", "another certificate than the last that was shown, or a later one");
        return client;
    }

    void judge(std::size_t number, const webhook::Answer& answer, std::uint64_t from, std::uint64_t to) {
        const Question& question = questions_[number];
        if (answer.status != question.status) return wrong(question.name, "status " + std::to_string(answer.status), answer.body);
        if (question.status != 200) {
            ++malformed_;
            if (!answer.body.starts_with("{\"error\":\"")) wrong(question.name, "no error", answer.body);
            return;
        }
        constexpr std::string_view kPolicy = " policy=";
        const std::size_t at = answer.body.find(kPolicy);
        const std::string_view digest = at == std::string_view::npos ? std::string_view() : answer.body.substr(at + kPolicy.size(), 71);
        const auto turn = policies_->turn_of(digest, from, to);
        if (!turn) return wrong(question.name, "of no policy that was in force (" + std::to_string(from) + " to " + std::to_string(to) + ")", answer.body);
        const std::size_t kind = *turn % 2;
        const int code = question.code[kind];
        const std::string head = "\"response\":{\"uid\":\"" + question.uid + "\",\"allowed\":" + (code == 200 ? "true" : "false");
        if (answer.body.find(head) == std::string_view::npos) return wrong(question.name, "expected " + std::to_string(code), answer.body);
        if (code != 200 && answer.body.find(",\"code\":" + std::to_string(code) + "}") == std::string_view::npos) return wrong(question.name, "another code", answer.body);
        if (answer.body.find("the newest policy does not load") != std::string_view::npos) return;
        std::string said(answer.body);
        said.replace(at + kPolicy.size(), 71, kind == 0 ? "a" : "b");
        const std::scoped_lock lock(mutex_);
        std::string& before = said_[number * 2 + kind];
        if (before.empty()) before = said;
        else if (before != said) wrong(question.name, "answered otherwise before (" + before.substr(0, 600) + ")", answer.body);
    }

    // --- what changes meanwhile

    void replace_policies() {
        for (std::uint64_t round = 1; pause(kPolicyEvery); ++round) {
            const bool breaks = round % kBrokenEvery == 0;
            const std::uint64_t next = written_ + 1;
            const std::size_t place = static_cast<std::size_t>(next % policies_->size());
            const fs::path from = breaks ? folder_ / "broken.yaml" : folder_ / "policies" / ((place < 10 ? "0" : "") + std::to_string(place) + ".yaml");
            fs::copy_file(from, folder_ / "policy.next", fs::copy_options::overwrite_existing);
            if (breaks) ++broken_written_;
            else written_ = next;            // before it is there: an answer may be of it from now on
            fs::rename(folder_ / "policy.next", folder_ / "policy.yaml");
            if (breaks) pause(kBrokenStays);     // until it is noticed, for the server looks once a second
        }
    }

    void follow_log() {
        std::ifstream log(folder_ / "log");
        std::string line, part;
        auto last = Clock::now();
        while (pause(kLookEvery)) {
            log.clear();
            while (std::getline(log, part)) {
                line += part;
                if (log.eof()) break;        // not the whole line yet
                if (line.find("\"policy loaded\"") != std::string::npos) {
                    last = Clock::now();
                    const std::size_t at = line.find("sha256:");
                    const auto turn = at == std::string::npos ? std::nullopt : policies_->turn_of(std::string_view(line).substr(at, 71), in_force_, written_);
                    if (turn) raise(in_force_, *turn);
                    else wrong("the log", "a policy that was not written", line);
                    ++loaded_;
                } else if (line.find("\"policy refused\"") != std::string::npos) {
                    last = Clock::now();
                    ++refused_;
                }
                line.clear();
            }
            if (Clock::now() - last > kMostDelay) return fail("the server does not notice new policies");
        }
    }

    void rotate_certificates() {
        while (pause(kCertificateEvery)) {
            const std::uint64_t next = certificates_ + 1;
            const fs::path link = folder_ / "certificates" / "..next";
            fs::create_symlink(certificate_folder(next % rotation_->size()).filename(), link);
            certificates_ = next;
            fs::rename(link, folder_ / "certificates" / "..data");
            const auto since = Clock::now();
            while (shown_ < next) {
                if (connect() == nullptr) return;
                if (Clock::now() - since > kMostDelay) return fail("a new certificate is not shown");
                std::this_thread::sleep_for(milliseconds(50));
            }
        }
    }

    /// False at the end.
    bool pause(milliseconds time) const {
        for (const auto until = Clock::now() + time; Clock::now() < until && !ended_ && !broken_;) std::this_thread::sleep_for(kLookEvery);
        return !ended_ && !broken_;
    }

    fs::path folder_;
    int port_, server_;
    std::uint64_t requests_;
    std::size_t connections_;
    double rate_;
    SSL_CTX* context_ = nullptr;
    std::vector<Question> questions_;
    std::optional<Ring> policies_, rotation_;
    Clock::time_point begin_;
    std::atomic<bool> ended_{false}, broken_{false};
    std::atomic<std::uint64_t> taken_{0}, answered_{0}, malformed_{0}, wrong_{0}, opened_{0}, broken_written_{0}, loaded_{0}, refused_{0};
    std::atomic<std::uint64_t> written_{0}, in_force_{0};      // turns of the policies: written last; of which the server has said that it is in force
    std::atomic<std::uint64_t> certificates_{0}, shown_{0};    // turns of the certificates: put there last; shown by the server
    std::mutex mutex_;
    std::vector<std::string> said_;                            // a question, a kind of policy: the answer without the policy's digest
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 7) return 2;
    return Soak(argv[1], std::atoi(argv[2]), std::atoi(argv[3]), std::strtoull(argv[4], nullptr, 10), static_cast<std::size_t>(std::atoi(argv[5])), std::atof(argv[6])).run();
}
