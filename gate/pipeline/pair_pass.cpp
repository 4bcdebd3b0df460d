#include "pipeline/pair_pass.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

namespace headgate::pipeline {
namespace {

using Kind = TensorRelation::Kind;

constexpr std::size_t kReadAhead = 256U << 10U;

TensorRelation related(const Tensor& tensor, Kind kind) {
    TensorRelation relation;
    relation.where = tensor.where;
    relation.name = tensor.name;
    relation.kind = kind;
    return relation;
}

bool is_float(const Tensor& tensor) { return formats::value_type(tensor.dtype).has_value(); }

// What needs no look at the values; nullopt when they must be compared.
std::optional<Kind> told_by_header(const Tensor& here, const Tensor* base) {
    if (base == nullptr) return Kind::added;
    const bool recoded = is_float(*base) && !is_float(here);
    if (here.shape != base->shape) return recoded ? Kind::quantized : Kind::reshaped;
    if (recoded) return Kind::quantized;
    const auto values = [](const Tensor& tensor) {
        const auto type = formats::value_type(tensor.dtype);
        return type ? tensor.bytes / formats::value_size(*type) : tensor.bytes;
    };
    if (values(here) != values(*base)) return Kind::reshaped;
    if (here.dtype != base->dtype && !(is_float(here) && is_float(*base))) return Kind::changed;
    return std::nullopt;
}

}  // namespace

// The bytes of the base come through a window that is read ahead; those of the subject are gathered into whole blocks.
class PairPass::Pair {
  public:
    Pair(const Part& part, io::FileSource& base) : part_(part), file_(base), window_(kReadAhead) {
        const auto here_type = formats::value_type(part.here->dtype), base_type = formats::value_type(part.base->dtype);
        if (here_type && base_type) {
            tally_ = std::make_unique<formats::PairTally>(*here_type, *base_type, part.here->shape);
            here_width_ = formats::value_size(*here_type);
            base_width_ = formats::value_size(*base_type);
        }
        block_.resize(formats::PairTally::kMost * here_width_);
    }

    bool add(ByteView bytes) {
        while (!bytes.empty()) {
            if (held_ == 0 && bytes.size() >= block_.size()) {
                if (!compare(bytes.data(), block_.size())) return false;
                bytes = bytes.subspan(block_.size());
                continue;
            }
            const std::size_t length = std::min(bytes.size(), block_.size() - held_);
            std::memcpy(block_.data() + held_, bytes.data(), length);
            held_ += length;
            bytes = bytes.subspan(length);
            if (held_ == block_.size() && !take_held()) return false;
        }
        return true;
    }
    /// False when the base cannot be read.
    bool finish(TensorRelation& relation) {
        if (!take_held()) return false;
        relation = tally_ ? tally_->finish() : TensorRelation{};
        if (!tally_) relation.kind = differs_ ? Kind::changed : Kind::identical;
        if (!tally_ && !differs_) relation.cosine = relation.equal = 1;
        relation.where = part_.here->where;
        relation.name = part_.here->name;
        return true;
    }

  private:
    bool take_held() {
        const std::size_t length = std::exchange(held_, 0);
        return length == 0 || compare(block_.data(), length);
    }
    bool compare(const std::uint8_t* here, std::size_t length) {
        const std::size_t count = length / here_width_;
        const std::uint8_t* const base = next(count * base_width_);
        if (base == nullptr) return false;
        if (tally_) {
            tally_->add(here, base, count);
        } else {
            differs_ = differs_ || std::memcmp(here, base, count) != 0;
        }
        return true;
    }
    // The next bytes of the base's tensor; nullptr when they cannot be read.
    const std::uint8_t* next(std::size_t length) {
        if (length > filled_ - read_) {
            const std::uint64_t left = part_.base->bytes - taken_;
            filled_ = static_cast<std::size_t>(std::min<std::uint64_t>(window_.size(), left));
            read_ = 0;
            if (length > filled_ || !file_.copy(*part_.base->where.offset + taken_, std::span(window_).first(filled_))) return nullptr;
        }
        const std::uint8_t* const bytes = window_.data() + read_;
        read_ += length;
        taken_ += length;
        return bytes;
    }

    Part part_;
    io::FileSource& file_;
    std::unique_ptr<formats::PairTally> tally_;   // nullptr: whole numbers, of which only equality is asked
    std::size_t here_width_ = 1, base_width_ = 1;
    Bytes block_;
    std::size_t held_ = 0;
    Bytes window_;
    std::size_t filled_ = 0, read_ = 0;
    std::uint64_t taken_ = 0;            // of the base's tensor
    bool differs_ = false;
};

PairPass::PairPass(std::span<const Tensor> tensors, const BaseModel* base) : base_(base) {
    if (base == nullptr) return;
    for (const Tensor& tensor : tensors) {
        if (!tensor.where.member.empty() || !tensor.where.offset) continue;
        const Tensor* const other = base->find(tensor.name);
        if (const auto kind = told_by_header(tensor, other)) {
            relations_.push_back(related(tensor, *kind));
        } else if (tensor.bytes > UINT64_MAX - *tensor.where.offset) {
            relations_.push_back(related(tensor, Kind::changed));            // it lies nowhere: no parser says so, a worker might
        } else if (tensor.bytes == 0) {
            relations_.push_back(related(tensor, Kind::identical));
        } else {
            parts_.push_back({*tensor.where.offset, *tensor.where.offset + tensor.bytes, &tensor, other});
        }
    }
    std::stable_sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) { return a.begin < b.begin; });
    std::vector<Part> apart;
    for (const Part& part : parts_) {
        if (apart.empty() || part.begin >= apart.back().end) apart.push_back(part);
        else relations_.push_back(related(*part.here, Kind::changed));   // bytes of two tensors: not what the base has
    }
    parts_ = std::move(apart);
}

PairPass::~PairPass() = default;

void PairPass::fail(Error error) {
    if (!error_) error_ = std::move(error);
}

void PairPass::take(std::uint64_t offset, ByteView bytes) {
    const std::uint64_t end = offset + bytes.size();
    while (!error_ && at_ < parts_.size() && parts_[at_].begin < end) {
        const Part& part = parts_[at_];
        if (!pair_) {
            auto& file = files_[part.base->where.path];
            if (!file) {
                auto opened = base_->open_file(part.base->where.path);
                if (!opened.ok()) return fail(opened.error());
                file = std::move(opened).value();
            }
            pair_ = std::make_unique<Pair>(part, *file);
        }
        const std::uint64_t from = std::max(offset, part.begin), to = std::min(end, part.end);
        const ByteView own = bytes.subspan(static_cast<std::size_t>(from - offset), static_cast<std::size_t>(to - from));
        TensorRelation relation;
        const bool read = pair_->add(own) && (part.end > end || pair_->finish(relation));
        if (!read) return fail({ErrorCode::io, base_->name() + ": tensor '" + part.here->name + "' of the base cannot be read to its end"});
        if (part.end > end) return;
        relations_.push_back(std::move(relation));
        pair_.reset();
        ++at_;
    }
}

Result<std::vector<TensorRelation>> PairPass::finish() {
    if (error_) return *error_;
    if (at_ < parts_.size()) return Error{ErrorCode::io, "tensor '" + parts_[at_].here->name + "' was not read to its end"};
    for (const auto& [name, file] : files_) {
        if (file) TRY_VOID(file->unchanged());
    }
    return std::move(relations_);
}

std::vector<TensorRelation> absent_tensors(const BaseModel& base, std::span<const Tensor> here) {
    std::set<std::string_view> names;
    for (const Tensor& tensor : here) names.insert(tensor.name);
    std::vector<TensorRelation> relations;
    for (const auto& [name, tensor] : base.tensors()) {
        if (names.contains(name)) continue;
        TensorRelation relation;
        relation.name = name;
        relation.kind = Kind::absent;
        constexpr std::string_view kWeight = ".weight";
        if (name.ends_with(kWeight)) {               // GPTQ, AWQ and compressed-tensors put other tensors in its place
            const std::string layer = name.substr(0, name.size() - kWeight.size());
            for (const char* part : {".qweight", ".weight_packed"}) {
                if (names.contains(layer + part)) relation.kind = Kind::quantized;
            }
        }
        relations.push_back(std::move(relation));
    }
    return relations;
}

}  // namespace headgate::pipeline
