#include "pipeline/base_model.hpp"

#include <algorithm>

#include "crypto/sha256.hpp"
#include "pipeline/digest.hpp"
#include "pipeline/examine.hpp"

namespace headgate::pipeline {

namespace {

constexpr std::uint64_t kMaxDocument = 64ULL << 20U;

}  // namespace

Result<Bytes> read_again(const SubjectPlan& plan, const FileRecord& record) {
    for (const FilePlan& file : plan.files) {
        if (file.path != record.path) continue;
        const std::string name = display_path(plan, file.path);
        Bytes bytes = TRY(io::read_file_beneath(TRY(file.root->open_file(file.open_path)), name, kMaxDocument));
        if (crypto::sha256_hex(bytes) != record.sha256) return Error{ErrorCode::io, name + ": the file changed while it was read"};
        return bytes;
    }
    return Error{ErrorCode::io, record.path + " cannot be read again"};
}

Result<std::shared_ptr<const BaseModel>> BaseModel::open(const std::string& path, const Request& request) {
    Request wanted;
    wanted.now = request.now;
    wanted.limits = request.limits;
    wanted.print_base = request.print_base;
    wanted.isolation = request.isolation;
    wanted.deadline = request.deadline;
    wanted.arguments = {{path, {}, Kind::model}};
    Plan found = discover(wanted);
    if (!found.errors.empty()) return found.errors.front();
    const bool one = found.subjects.size() == 1 && (found.subjects[0].shape == SubjectPlan::Shape::file || found.subjects[0].shape == SubjectPlan::Shape::folder);
    if (!one) return Error{ErrorCode::usage, "--compare-base " + path + ": expected a file or folder with the base model"};

    auto base = std::make_shared<BaseModel>();
    base->name_ = path;
    base->plan_ = std::move(found.subjects[0]);
    const auto in_time = [&](std::uint64_t) { return !request.deadline || std::chrono::steady_clock::now() < *request.deadline; };
    for (const FilePlan& file : base->plan_.files) {
        FileOutcome outcome = examine_file(base->plan_, file, request.limits, parsing_place(request), {}, in_time);
        if (outcome.error) return *outcome.error;
        base->evidence_.merge(std::move(outcome.facts));
        base->evidence_.files.push_back(outcome.record);
    }
    base->digest_ = digest_of(base->plan_.subject.is_folder, base->evidence_.files);
    for (const Tensor& tensor : base->evidence_.tensors) {
        if (tensor.where.member.empty() && tensor.where.offset) base->by_name_.emplace(tensor.name, &tensor);
    }
    if (base->by_name_.empty()) {
        return Error{ErrorCode::usage, "--compare-base " + path + ": holds no tensors that can be compared (safetensors and GGUF files have such)"};
    }
    return std::shared_ptr<const BaseModel>(std::move(base));
}

const Tensor* BaseModel::find(const std::string& tensor) const {
    const auto known = by_name_.find(tensor);
    return known == by_name_.end() ? nullptr : known->second;
}

Result<Bytes> BaseModel::read(const FileRecord& record) const { return read_again(plan_, record); }

Result<std::unique_ptr<io::FileSource>> BaseModel::open_file(const std::string& file) const {
    const auto known = std::find_if(plan_.files.begin(), plan_.files.end(), [&](const FilePlan& one) { return one.path == file; });
    if (known == plan_.files.end()) return Error{ErrorCode::io, name_ + ": " + file + " is not there"};
    return io::FileSource::open(TRY(known->root->open_file(known->open_path)), display_path(plan_, known->path));
}

}  // namespace headgate::pipeline
