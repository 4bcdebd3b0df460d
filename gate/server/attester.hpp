// attester.hpp: `serve --attest`, `--events-verdicts`: the signed verdict about what was judged, appended to a file before the answer goes out. What
// cannot be recorded was not decided: the answer is then a denial for our own reasons.
//
// The file holds JSON lines: of each subject the result statement, then the verification summary, as `check --attest` writes them. A review's
// subject is the object, by the SHA-256 of its bytes in the review; its verdict is one of names (HEADGATE_NAMES_ONLY), which nobody may rely on as one
// about bytes, and the result statement says in `admission` what was asked and answered. The data that the rules use are one digest, `data.rules`:
// SHA-256 of the list that `check --attest` of the same build writes at `data`. What was pushed is named by the digest of its manifest, or by its
// commit (`gitCommit`), and recorded whatever became of the judgement: one that could not decide, too, is FAILED. A review that is sent again (the same
// uid, object, policy and answer), and a push (the same name, policy and verdict), is recorded once, as far back as the memory goes. What is appended
// is brought to the disk once a second and at the end: when the machine (not the process) stops at once, the last second may be lost.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "attest/verdict.hpp"
#include "io/append_file.hpp"
#include "pipeline/admission_answer.hpp"

namespace headgate::server {

class Attester {
  public:
    struct Options {
        std::string file;
        attest::StatementSigner sign;                // called by several threads at once
        attest::EmitOptions emit;
        std::size_t remembered = 20'000;             // reviews and pushes
    };

    /// Error{io} where the file cannot be opened.
    static Result<std::shared_ptr<Attester>> open(Options options);

    /// Of a review that was judged, and is no dry run.
    Result<void> review(const pipeline::AdmissionReview& review, const pipeline::AdmissionJudgement& judgement, const pipeline::AdmissionAnswer& answer,
                        const std::string& policy_digest);
    /// Of every subject that has bytes; nothing where none has. Error{usage} for a policy that lies in what was judged and is not pinned.
    Result<void> report(const Report& report);

    /// Of what was pushed as `ref`, a reference with a digest or a commit. `report` is of nothing else; where it has no verdict about it, its
    /// errors say why nothing could be decided. Error{usage} for a reference with neither.
    Result<void> pushed(const std::string& ref, Kind kind, const Report& report);

    /// Called about once a second, and at the end: Error{io} when what was recorded may not be on the disk.
    Result<void> look_after();
    /// The file is opened anew, by its name.
    void reopen() { file_->reopen(); }
    /// Lines for /metrics, of a counter with this name.
    std::string metrics(std::string_view name = "headgate_attestations_total") const;

  private:
    using Key = std::array<std::uint8_t, 32>;

    Attester(Options options, std::unique_ptr<io::AppendFile> file);
    bool knows(const Key& key);
    Result<void> record_once(const Key& key, const Report& report, const attest::EmitOptions& emit);
    Result<void> append(const std::string& lines);

    Options options_;
    std::unique_ptr<io::AppendFile> file_;
    std::mutex mutex_;                               // of the two below, and so that a review that is asked twice at once is recorded once
    std::set<Key> known_;
    std::deque<Key> order_;                          // of known_, the oldest first
    std::atomic<std::uint64_t> written_{0}, repeated_{0}, failed_{0};
};

}  // namespace headgate::server
