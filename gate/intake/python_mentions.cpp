// Words in a Python source by which it may name models: without one, nobody reads it as such.
#include "intake/python_identifiers.hpp"
#include "intake/python_source.hpp"

namespace headgate::intake::python {
namespace {

/// `hub` stands there as a word: "torch.hub", "from torch import hub", "hub . load".
bool has_hub(std::string_view text) {
    const auto letter = [&](std::size_t at) { return at < text.size() && ((text[at] >= 'a' && text[at] <= 'z') || (text[at] >= 'A' && text[at] <= 'Z')); };
    for (std::size_t at = text.find("hub"); at != std::string_view::npos; at = text.find("hub", at + 1)) {
        if ((at == 0 || !letter(at - 1)) && !letter(at + 3)) return true;
    }
    return false;
}

}  // namespace

bool may_name_models(std::string_view text) {
    for (const std::string_view word :
         {"from_pretrained", "from_quantized", "from_model_id", "from_finetuned", "from_single_file", "load_lora_weights", "load_ip_adapter",
          "load_textual_inversion", "load_adapter", "custom_pipeline", "transformers", "diffusers", "huggingface", "hf_hub", "snapshot_download", "load_dataset",
          "get_dataset_", "keybert", "bertopic", "FlagEmbedding", "InstructorEmbedding", "langchain", "llama_index", "vllm", "tensorrt_llm", "sglang", "mlx_",
          "whisper", "trl", "load_state_dict_from_url", "tensorflow_hub", "hf://", "hf-hub:", "trust_remote_code", "HF_ENDPOINT"}) {
        if (text.find(word) != std::string_view::npos) return true;
    }
    if (text.find("torch") != std::string_view::npos && has_hub(text)) return true;
    const std::string same = folded(text);
    return !same.empty() && may_name_models(same);
}

}  // namespace headgate::intake::python
