#include "pipeline/plugins.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include "base/text.hpp"
#include "external/host.hpp"
#include "pipeline/plugin_inputs.hpp"

namespace headgate::pipeline {
namespace {

using external::Answer;
using external::Description;
using external::Plugin;
using Came = PluginReply::Came;

constexpr unsigned kMostAtOnce = 4;
constexpr std::size_t kFewFiles = 16;                        // of a subject that may share a call with others
constexpr std::size_t kMostPaths = 1U << 20U;                // bytes
constexpr std::size_t kMostFindings = 10'000;                // of all parts of a subject

// A subject and a question.
struct Task {
    PluginTarget* target = nullptr;
    const PluginQuestion* question = nullptr;
    PluginReply* reply = nullptr;
};

// Tasks that one thread answers one after another: one, or those that share calls.
using Job = std::vector<Task>;

// What it has found so far stays found.
void fail(const Task& task, const std::string& why) {
    task.reply->came = Came::nothing;
    task.reply->reason = "plugin '" + task.question->plugin + "': " + why;
}

class Asking {
  public:
    Asking(const LoadedPolicy& loaded, const Request& request) : loaded_(loaded) {
        options_.now = request.now;
        options_.policy_uri = loaded.policy.uri;
        options_.policy_digest = loaded.policy.digest;
        options_.required = request.sandbox_required || loaded.policy.defaults.sandbox == Sandbox::required;
        options_.deadline = request.deadline;
    }

    bool takes_batches(const std::string& name) const {
        const auto known = loaded_.plugins.find(name);
        if (known == loaded_.plugins.end() || !known->second->is_pinned()) return false;
        const auto described = known->second->describe(options_);
        return described.result.ok() && described.result->batch;
    }

    // Whether the plugin can be asked at all, and how it describes itself; else every task of the job has failed.
    void answer(const Job& job) const {
        const std::string& name = job.front().question->plugin;
        const auto known = loaded_.plugins.find(name);
        if (known == loaded_.plugins.end()) return fail_all(job, "it was not loaded");
        const Plugin& plugin = *known->second;
        // A policy that was loaded to be compared may name a program that has changed since.
        if (!plugin.is_pinned()) return fail_all(job, "it is not the program, or not given the data, that the policy pins");
        auto described = plugin.describe(options_);
        PluginNote note = note_of(plugin);
        note.uncontained = described.uncontained;
        if (described.result.ok()) {
            note.program = described.result->name;
            note.version = described.result->version;
        }
        for (const Task& task : job) task.reply->note = std::make_shared<const PluginNote>(note);
        if (!described.result.ok()) return fail_all(job, described.result.error().message);
        const auto takes = Plugin::takes(*described.result, job.front().question->settings);
        if (!takes.ok()) return fail_all(job, takes.error().message);
        Job willing;
        for (const Task& task : job) {
            const auto& kinds = described.result->kinds;
            if (std::find(kinds.begin(), kinds.end(), task.target->subject->kind) != kinds.end()) {
                willing.push_back(task);
            } else {
                fail(task, "it does not look at a " + std::string(to_string(task.target->subject->kind)));
            }
        }
        if (described.result->batch && willing.size() > 1) return answer_together(willing, plugin, *described.result);
        for (const Task& task : willing) answer_alone(task, plugin, *described.result);
    }

  private:
    static void fail_all(const Job& job, const std::string& why) {
        for (const Task& task : job) fail(task, why);
    }

    static PluginNote note_of(const Plugin& plugin) {
        PluginNote note;
        note.name = plugin.spec().name;
        note.sha256 = plugin.sha256();
        for (const external::PinnedFile& file : plugin.data()) note.given.push_back({file.name, "", file.sha256});
        return note;
    }

    static external::Question question(const Task& task, const PluginInputs& inputs) {
        return {task.target->subject, task.question->tier, task.question->settings, inputs.files(), 1, 1, {}};
    }

    // Of a subject that comes in parts; none where they alone would fill a request.
    static std::vector<std::string> paths_of(std::span<const JudgedFile> files) {
        std::vector<std::string> paths;
        std::size_t bytes = 0;
        for (const JudgedFile& file : files) {
            bytes += file.plan->path.size();
            if (bytes > kMostPaths) return {};
            paths.push_back(file.plan->path);
        }
        return paths;
    }

    // In as many calls as its files need.
    void answer_alone(const Task& task, const Plugin& plugin, const Description& described) const {
        const std::span<const JudgedFile> files = task.target->files;
        const std::size_t parts = std::max<std::size_t>(1, (files.size() + external::kMaxFilesOfCall - 1) / external::kMaxFilesOfCall);
        for (std::size_t part = 0; part < parts; ++part) {
            const std::size_t from = part * external::kMaxFilesOfCall;
            auto inputs = PluginInputs::open(files.subspan(from, std::min(external::kMaxFilesOfCall, files.size() - from)));
            if (!inputs.ok()) return fail(task, inputs.error().message);
            external::Question one = question(task, *inputs);
            one.part = part + 1;
            one.parts = parts;
            one.paths = parts > 1 ? paths_of(files) : std::vector<std::string>{};
            auto reply = plugin.check(one, described, options_);
            if (!reply.result.ok()) return fail(task, reply.result.error().message);
            if (const auto same = inputs->unchanged(); !same.ok()) return fail(task, same.error().message);
            take(task, std::move(*reply.result), std::move(reply.uncontained));
            if (task.reply->came == Came::nothing) return;
        }
    }

    // A batch that fails is asked again one by one: what is wrong with one subject is not the others' fault.
    void answer_together(const Job& job, const Plugin& plugin, const Description& described) const {
        for (std::size_t at = 0; at < job.size();) {
            Job batch;
            std::size_t files = 0;
            while (at < job.size() && batch.size() < external::kMaxSubjectsOfCall &&
                   files + job[at].target->files.size() <= external::kMaxFilesOfCall) {
                files += job[at].target->files.size();
                batch.push_back(job[at++]);
            }
            if (ask_batch(batch, plugin, described)) continue;
            for (const Task& task : batch) answer_alone(task, plugin, described);
        }
    }

    bool ask_batch(const Job& batch, const Plugin& plugin, const Description& described) const {
        std::vector<PluginInputs> inputs;
        std::vector<external::Question> questions;
        for (const Task& task : batch) {
            auto opened = PluginInputs::open(task.target->files);
            if (!opened.ok()) return false;
            inputs.push_back(std::move(opened).value());
            questions.push_back(question(task, inputs.back()));
        }
        auto reply = plugin.check_batch(questions, described, options_);
        if (!reply.result.ok()) return false;
        for (const PluginInputs& one : inputs) {
            if (!one.unchanged().ok()) return false;
        }
        for (std::size_t i = 0; i < batch.size(); ++i) {
            take(batch[i], std::move((*reply.result)[i]), reply.uncontained);
        }
        return true;
    }

    static void take(const Task& task, Answer answer, std::vector<std::string> uncontained) {
        PluginReply& reply = *task.reply;
        PluginNote note = *reply.note;
        note.used.insert(note.used.end(), answer.data.begin(), answer.data.end());
        std::sort(note.used.begin(), note.used.end(), [](const PluginData& a, const PluginData& b) {
            return std::tie(a.name, a.as_of, a.sha256) < std::tie(b.name, b.as_of, b.sha256);
        });
        note.used.erase(std::unique(note.used.begin(), note.used.end()), note.used.end());
        if (!uncontained.empty()) note.uncontained = std::move(uncontained);
        reply.note = std::make_shared<const PluginNote>(std::move(note));
        constexpr std::array<Came, 4> kCame = {Came::nothing, Came::partial, Came::not_applicable, Came::complete};
        // Over several parts the worst counts: what is not its business is a part that it did not look at.
        const Came came = kCame[static_cast<std::size_t>(answer.status)];
        reply.came = reply.heard ? std::min(reply.came, came) : came;
        reply.heard = true;
        for (Finding& finding : answer.findings) reply.findings.push_back(std::move(finding));
        if (answer.status == external::Status::error) {
            return fail(task, "it could not look at the subject" + (answer.message.empty() ? "" : ": " + answer.message));
        }
        if (reply.findings.size() > kMostFindings) return fail(task, "it has more than " + std::to_string(kMostFindings) + " findings");
        if (reply.reason.empty()) reply.reason = answer.message;
    }

    const LoadedPolicy& loaded_;
    external::CallOptions options_;
};

// Small subjects that ask the same of a plugin that takes batches are one job.
std::vector<Job> jobs_of(const Asking& asking, std::span<PluginTarget> targets) {
    std::vector<Job> jobs;
    std::map<std::string, bool> batches;
    std::map<std::pair<std::string, std::string>, std::size_t> shared;
    for (PluginTarget& target : targets) {
        for (const PluginQuestion& question : target.questions) {
            const Task task{&target, &question, &target.replies[question]};
            const auto [batch, asked] = batches.try_emplace(question.plugin, false);
            if (asked) batch->second = asking.takes_batches(question.plugin);
            if (!batch->second || target.files.size() > kFewFiles) {
                jobs.push_back({task});
                continue;
            }
            const auto [known, added] = shared.emplace(std::pair(question.plugin, question.settings), jobs.size());
            if (added) jobs.emplace_back();
            Job& job = jobs[known->second];
            job.push_back(task);
            // Enough for one call; the next ones may go to another thread.
            if (job.size() >= external::kMaxSubjectsOfCall) shared.erase(known);
        }
    }
    return jobs;
}

}  // namespace

void ask_plugins(const LoadedPolicy& loaded, const Request& request, std::span<PluginTarget> targets) {
    const Asking asking(loaded, request);
    const std::vector<Job> jobs = jobs_of(asking, targets);
    if (jobs.empty()) return;
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t at = next++; at < jobs.size(); at = next++) asking.answer(jobs[at]);
    };
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t wanted = std::min<std::size_t>(std::min(request.jobs == 0 ? cores : request.jobs, kMostAtOnce), jobs.size());
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < wanted; ++i) helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();
}

PluginQuestion question_of(const Rule& rule, const std::string& tier) {
    const auto* const settings = rule.settings.find<SettingDocument>("settings");
    return {rule.settings.get<std::string>("plugin"), settings == nullptr ? "{}" : settings->json, tier};
}

CheckRun run_of(const PluginReply& reply, const Rule& rule) {
    const auto counts_as_pass = [&](const char* key) {
        const auto* const word = rule.settings.find<std::string>(key);
        return word != nullptr && *word == "pass";
    };
    const std::string said = reply.reason.empty() ? "" : ": " + reply.reason;
    CheckRun run;
    switch (reply.came) {
        case Came::nothing: run = CheckRun::error(reply.reason.empty() ? "the plugin was not asked" : reply.reason); break;
        case Came::partial:
        case Came::not_applicable:
            if (reply.came == Came::not_applicable && reply.findings.empty()) {
                run = counts_as_pass("not-applicable") ? CheckRun::complete() : CheckRun::skipped("the plugin says that such a subject is not its business" + said);
                break;
            }
            run = counts_as_pass("partial") ? CheckRun::complete(reply.findings) : CheckRun::error("the plugin did not look at everything" + said);
            run.findings = reply.findings;
            break;
        case Came::complete: run = CheckRun::complete(reply.findings); break;
    }
    if (reply.came == Came::nothing) run.findings = reply.findings;
    run.plugin = reply.note;
    return run;
}

}  // namespace headgate::pipeline
