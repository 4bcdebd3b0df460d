#include "io/hash_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>

namespace headgate::io {
namespace {

constexpr std::size_t kChunk = 64U << 10U;               // stays in the cache between the copy and the hash
constexpr std::uint64_t kTaskBytes = 64ULL << 20U;       // small ranges of one file are one task

// One file, opened by the first task that needs it and looked at again by the last.
class OpenFile {
  public:
    explicit OpenFile(const HashJob& job) : job_(job) {}

    Result<int> open() {
        const std::lock_guard lock(mutex_);
        if (descriptor_.valid()) return descriptor_.get();
        Descriptor opened = TRY(job_.root->open_file(job_.open_path));
        if (::fstat(opened.get(), &before_) != 0) return Error{ErrorCode::io, job_.name + ": " + std::strerror(errno)};
        if (!S_ISREG(before_.st_mode)) return Error{ErrorCode::io, job_.name + ": not a regular file"};
        if (static_cast<std::uint64_t>(before_.st_size) != job_.size) return changed();
        ::posix_fadvise(opened.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
        descriptor_ = std::move(opened);
        return descriptor_.get();
    }
    // After the last byte: the file is still the one that was opened.
    Result<void> close() {
        struct stat after {};
        if (::fstat(descriptor_.get(), &after) != 0) return Error{ErrorCode::io, job_.name + ": " + std::strerror(errno)};
        const auto same = [](const timespec& a, const timespec& b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; };
        if (after.st_size != before_.st_size || !same(after.st_mtim, before_.st_mtim) || !same(after.st_ctim, before_.st_ctim)) {
            return changed();
        }
        descriptor_ = Descriptor();
        return {};
    }
    Error changed() const { return {ErrorCode::io, job_.name + ": the file changed while it was read"}; }
    const HashJob& job() const { return job_; }
    std::atomic<std::size_t> tasks_left{0};

  private:
    const HashJob& job_;
    std::mutex mutex_;
    Descriptor descriptor_;
    struct stat before_ {};
};

Result<void> read_exactly(OpenFile& file, int fd, std::uint64_t offset, std::uint8_t* to, std::size_t length) {
    while (length > 0) {
        const ssize_t got = ::pread(fd, to, length, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return Error{ErrorCode::io, file.job().name + ": " + std::strerror(errno)};
        if (got == 0) return file.changed();
        to += got;
        offset += static_cast<std::uint64_t>(got);
        length -= static_cast<std::size_t>(got);
    }
    return {};
}

struct Task {
    std::size_t job = 0;
    std::size_t first = 0;               // ranges [first, last) of it
    std::size_t last = 0;
};

class Work {
  public:
    Work(std::span<const HashJob> work, crypto::FileHash hash, const Progress& progress)
        : work_(work), hash_(hash), progress_(progress), answers_(work.size()) {
        for (const HashJob& job : work) files_.push_back(std::make_unique<OpenFile>(job));
        std::vector<std::size_t> order(work.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return work[a].size > work[b].size; });
        for (const std::size_t job : order) add_tasks(job);
    }

    Result<std::vector<FileHashes>> run(unsigned jobs) {
        const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
        const std::size_t wanted = std::min<std::size_t>(jobs == 0 ? cores : jobs, tasks_.size());
        std::vector<std::thread> helpers;
        for (std::size_t i = 1; i < wanted; ++i) helpers.emplace_back([this] { work_through(); });
        work_through();
        for (std::thread& helper : helpers) helper.join();
        if (error_) return *error_;
        return std::move(answers_);
    }

  private:
    void add_tasks(std::size_t job) {
        const std::vector<HashRange>& ranges = work_[job].ranges;
        answers_[job].ranges.resize(ranges.size());
        std::size_t first = 0;
        std::uint64_t bytes = 0;
        for (std::size_t i = 0; i < ranges.size(); ++i) {
            bytes += ranges[i].end - ranges[i].begin;
            if (i + 1 < ranges.size() && (work_[job].whole || bytes < kTaskBytes)) continue;
            tasks_.push_back({job, first, i + 1});
            ++files_[job]->tasks_left;
            first = i + 1;
            bytes = 0;
        }
    }

    void work_through() {
        Bytes buffer(kChunk);
        for (std::size_t at = next_++; at < tasks_.size() && !stopped_; at = next_++) {
            const auto done = do_task(tasks_[at], buffer);
            if (done.ok()) continue;
            const std::lock_guard lock(mutex_);
            if (!error_) error_ = done.error();
            stopped_ = true;
        }
    }

    Result<void> do_task(const Task& task, Bytes& buffer) {
        OpenFile& file = *files_[task.job];
        const int fd = TRY(file.open());
        std::optional<crypto::Sha256> whole;
        if (file.job().whole) whole.emplace();
        for (std::size_t i = task.first; i < task.last; ++i) {
            const HashRange& range = file.job().ranges[i];
            crypto::Digester digester(hash_);
            for (std::uint64_t at = range.begin; at < range.end;) {
                const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, range.end - at));
                TRY_VOID(read_exactly(file, fd, at, buffer.data(), length));
                const ByteView chunk = ByteView(buffer).first(length);
                digester.update(chunk);
                if (whole) whole->update(chunk);
                if (progress_ && !progress_(length)) {
                    return Error{ErrorCode::deadline, file.job().name + ": the time allowed for the judgement is over"};
                }
                at += length;
            }
            answers_[task.job].ranges[i] = digester.finish();
        }
        if (whole) answers_[task.job].whole = whole->finish();
        if (--file.tasks_left == 0) return file.close();
        return {};
    }

    std::span<const HashJob> work_;
    crypto::FileHash hash_;
    const Progress& progress_;
    std::vector<FileHashes> answers_;
    std::vector<std::unique_ptr<OpenFile>> files_;
    std::vector<Task> tasks_;
    std::atomic<std::size_t> next_{0};
    std::atomic<bool> stopped_{false};
    std::mutex mutex_;
    std::optional<Error> error_;
};

}  // namespace

Result<std::vector<FileHashes>> hash_files(std::span<const HashJob> work, crypto::FileHash hash, unsigned jobs,
                                           const Progress& progress) {
    return Work(work, hash, progress).run(jobs);
}

}  // namespace headgate::io
