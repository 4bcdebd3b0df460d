// Which tensors are the model: the files that a loader would take, by the conventions of the hubs.
#include <algorithm>
#include <set>

#include "checkers/weights.hpp"

namespace headgate::checkers {
namespace {

constexpr std::string_view kIndex = "model.safetensors.index.json";
constexpr std::string_view kSingle = "model.safetensors";

std::string folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash + 1));
}

bool is_model_file(std::string_view name) {
    return name.ends_with(".safetensors") && name.find("adapter") == std::string_view::npos && name.find("consolidated") == std::string_view::npos;
}

// The files of one folder that hold the model: those of its index, else model.safetensors, else the only one there is.
std::set<std::string> chosen_files(const Evidence& evidence, const std::string& folder, const std::set<std::string>& files) {
    std::set<std::string> chosen;
    for (const IndexEntry& entry : evidence.index_entries) {
        if (entry.where.path == folder + std::string(kIndex) && files.contains(folder + entry.file)) chosen.insert(folder + entry.file);
    }
    if (!chosen.empty()) return chosen;
    const std::string single = folder + std::string(kSingle);
    if (files.contains(single)) return {single};
    for (const std::string& file : files) {
        if (file.starts_with(folder + "model-") && file.find("-of-") != std::string::npos) chosen.insert(file);
    }
    if (!chosen.empty()) return chosen;
    return files.size() == 1 ? files : std::set<std::string>();
}

}  // namespace

std::vector<ModelTensors> model_tensors(const Evidence& evidence) {
    std::map<std::string, std::set<std::string>> folders;
    for (const Tensor& tensor : evidence.tensors) {
        const std::string& path = tensor.where.path;
        const std::string folder = folder_of(path);
        if (tensor.where.member.empty() && is_model_file(std::string_view(path).substr(folder.size()))) folders[folder].insert(path);
    }
    std::vector<ModelTensors> models;
    for (const auto& [folder, files] : folders) {
        const std::set<std::string> chosen = chosen_files(evidence, folder, files);
        if (chosen.empty()) continue;
        ModelTensors model;
        model.folder = folder;
        for (const Tensor& tensor : evidence.tensors) {
            if (!chosen.contains(tensor.where.path)) continue;
            const auto [known, is_new] = model.tensors.emplace(tensor.name, &tensor);
            if (!is_new) model.twice.emplace_back(known->second, &tensor);
        }
        for (const Configuration& configuration : evidence.configurations) {
            if (configuration.role == "model" && configuration.where.path == folder + "config.json") model.configuration = &configuration;
        }
        models.push_back(std::move(model));
    }
    return models;
}

}  // namespace headgate::checkers
