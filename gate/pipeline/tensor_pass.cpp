#include "pipeline/tensor_pass.hpp"

#include <algorithm>

namespace headgate::pipeline {

TensorPass::TensorPass(std::span<Tensor> tensors) {
    for (Tensor& tensor : tensors) {
        const auto type = formats::value_type(tensor.dtype);
        if (!type || !tensor.where.offset || !tensor.where.member.empty() || tensor.bytes == 0) continue;
        const std::uint64_t begin = *tensor.where.offset;
        if (tensor.bytes > UINT64_MAX - begin || tensor.bytes % formats::value_size(*type) != 0) continue;
        order_.push_back({begin, begin + tensor.bytes, *type, {&tensor}});
    }
    std::stable_sort(order_.begin(), order_.end(), [](const Part& a, const Part& b) { return a.begin < b.begin; });
    std::vector<Part> apart;
    std::uint64_t end = 0;
    for (Part& part : order_) {
        if (part.begin >= end) {
            end = part.end;
            apart.push_back(std::move(part));
        } else if (part.begin == apart.back().begin && part.end == apart.back().end && part.type == apart.back().type) {
            apart.back().tensors.push_back(part.tensors.front());
        }
    }
    order_ = std::move(apart);
}

void TensorPass::take(std::uint64_t offset, ByteView bytes) {
    const std::uint64_t end = offset + bytes.size();
    while (at_ < order_.size() && order_[at_].begin < end) {
        const Part& part = order_[at_];
        if (!tally_) tally_.emplace(part.type);
        const std::uint64_t from = std::max(offset, part.begin);
        const std::uint64_t to = std::min(end, part.end);
        if (from < to) tally_->add(bytes.subspan(static_cast<std::size_t>(from - offset), static_cast<std::size_t>(to - from)));
        if (part.end > end) return;
        const TensorStatistics found = tally_->finish();
        for (Tensor* const tensor : part.tensors) tensor->statistics = found;
        tally_.reset();
        ++at_;
    }
}

}  // namespace headgate::pipeline
