#include "intake/python_loaders.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace headgate::intake::python {
namespace {

using Names = Loader::Names;

constexpr std::string_view kAnyId =
    "pretrained_model_name_or_path pretrained_model_or_path model_name_or_path model_path_or_repo_id pretrained_model_name pretrained_model_path "
    "model_id model_name repo_id";
constexpr std::string_view kTrainers = "trl";

constexpr auto kLoaders = std::to_array<Loader>({
    // An adapter is loaded onto a model, which stands in front.
    {"from_pretrained", "", Names::model, 1, "model_id", "", false, "PeftModel"},
    {"from_pretrained", "", Names::model, 1, "model_id", "", false, "PeftMixedModel"},
    {"from_pretrained", "", Names::model, 0, kAnyId, "custom_pipeline"},
    {"load_adapter", "", Names::model, 0, "peft_model_id model_id adapter_name_or_path"},
    {"from_quantized", "", Names::model, 0, "model_name_or_path quant_path pretrained_model_name_or_path"},
    {"from_model_id", "", Names::model, -1, "model_id"},
    {"from_finetuned", "", Names::model, 0, "model_name_or_path"},
    {"from_single_file", "", Names::file, 0, "pretrained_model_link_or_path pretrained_model_link_or_path_or_dict"},
    {"load_lora_weights", "", Names::model, 0, "pretrained_model_name_or_path_or_dict"},
    {"load_ip_adapter", "", Names::model, 0, "pretrained_model_name_or_path_or_dict"},
    {"load_textual_inversion", "", Names::model, 0, "pretrained_model_name_or_path"},
    {"pipeline", "transformers optimum", Names::model, 1, "model", "tokenizer feature_extractor image_processor", true},

    {"hf_hub_download", "", Names::model, 0, "repo_id"},
    {"snapshot_download", "", Names::model, 0, "repo_id model_id"},
    {"hf_hub_url", "", Names::model, 0, "repo_id"},
    {"from_pretrained_keras", "", Names::model, 0, "pretrained_model_name_or_path"},
    {"from_pretrained_fastai", "", Names::model, 0, "repo_id"},

    {"load_dataset", "datasets", Names::dataset, 0, "path"},
    {"load_dataset_builder", "datasets", Names::dataset, 0, "path"},
    {"get_dataset_config_names", "datasets", Names::dataset, 0, "path"},
    {"get_dataset_split_names", "datasets", Names::dataset, 0, "path"},
    {"get_dataset_infos", "datasets", Names::dataset, 0, "path"},

    {"SentenceTransformer", "sentence_transformers", Names::sentence_model, 0, "model_name_or_path"},
    {"SparseEncoder", "sentence_transformers", Names::model, 0, "model_name_or_path"},
    {"CrossEncoder", "sentence_transformers", Names::model, 0, "model_name_or_path model_name"},
    {"KeyBERT", "keybert", Names::sentence_model, 0, "model", "", true},
    {"BERTopic", "bertopic", Names::sentence_model, -1, "embedding_model", "", true},
    {"FlagModel", "FlagEmbedding", Names::model, 0, "model_name_or_path"},
    {"FlagReranker", "FlagEmbedding", Names::model, 0, "model_name_or_path"},
    {"FlagLLMModel", "FlagEmbedding", Names::model, 0, "model_name_or_path"},
    {"BGEM3FlagModel", "FlagEmbedding", Names::model, 0, "model_name_or_path"},
    {"INSTRUCTOR", "InstructorEmbedding", Names::model, 0, "model_name_or_path"},
    {"HuggingFaceEmbeddings", "langchain langchain_community langchain_huggingface", Names::sentence_model, -1, "model_name model"},
    {"HuggingFaceBgeEmbeddings", "langchain langchain_community", Names::model, -1, "model_name"},
    {"HuggingFaceInstructEmbeddings", "langchain langchain_community", Names::model, -1, "model_name"},
    {"HuggingFaceCrossEncoder", "langchain langchain_community", Names::model, -1, "model_name"},
    {"HuggingFaceEmbedding", "llama_index", Names::model, 0, "model_name"},
    {"HuggingFaceLLM", "llama_index", Names::model, -1, "model_name", "tokenizer_name"},
    {"SentenceTransformerRerank", "llama_index", Names::model, -1, "model"},

    {"LLM", "vllm tensorrt_llm", Names::model, 0, "model", "tokenizer speculative_model", true},
    {"EngineArgs", "vllm", Names::model, 0, "model", "tokenizer speculative_model"},
    {"AsyncEngineArgs", "vllm", Names::model, 0, "model", "tokenizer speculative_model"},
    {"Engine", "sglang", Names::model, -1, "model_path", "tokenizer_path"},
    {"load", "mlx_lm mlx_vlm", Names::model, 0, "path_or_hf_repo"},
    {"WhisperModel", "faster_whisper", Names::whisper_model, 0, "model_size_or_path"},
    {"load_model", "whisperx", Names::whisper_model, 0, "whisper_arch"},

    {"SFTTrainer", kTrainers, Names::model, 0, "model", "", true},
    {"DPOTrainer", kTrainers, Names::model, 0, "model", "ref_model", true},
    {"GRPOTrainer", kTrainers, Names::model, 0, "model", "reward_funcs", true},
    {"KTOTrainer", kTrainers, Names::model, 0, "model", "ref_model", true},
    {"ORPOTrainer", kTrainers, Names::model, 0, "model", "", true},
    {"RewardTrainer", kTrainers, Names::model, 0, "model", "", true},

    {"load", "torch.hub", Names::repository, 0, "repo_or_dir"},
    {"list", "torch.hub", Names::repository, 0, "github"},
    {"help", "torch.hub", Names::repository, 0, "github"},
    {"load_state_dict_from_url", "", Names::file, 0, "url"},
    {"KerasLayer", "tensorflow_hub", Names::file, 0, "handle"},
    {"load", "tensorflow_hub", Names::file, 0, "handle"},
});

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& list, std::string_view word) { return std::find(list.begin(), list.end(), word) != list.end(); }

}  // namespace

std::span<const Loader> loaders() { return kLoaders; }

bool is_hub_library(std::string_view root) {
    static constexpr std::array<std::string_view, 30> kRoots = {
        "transformers", "diffusers", "peft", "datasets", "huggingface_hub", "sentence_transformers", "optimum", "tokenizers", "accelerate", "trl",
        "adapters", "auto_gptq", "awq", "unsloth", "setfit", "span_marker", "gliner", "timm", "open_clip", "vllm", "ctransformers", "llama_cpp",
        "pytorch_transformers", "pytorch_pretrained_bert", "faster_whisper", "pyannote", "spacy_transformers", "simpletransformers", "modelscope",
        "bitsandbytes"};
    return holds(kRoots, root);
}

bool is_dataset_builder(std::string_view name) {
    static constexpr std::array<std::string_view, 20> kBuilders = {
        "csv", "json", "parquet", "arrow", "text", "pandas", "xml", "sql", "hdf5", "lance", "webdataset", "imagefolder", "audiofolder", "videofolder",
        "pdffolder", "niftifolder", "generator", "spark", "cache", "eval"};
    return holds(kBuilders, name);
}

bool is_plain_transformer(std::string_view name) {
    static constexpr std::array<std::string_view, 64> kNames = {
        "albert-base-v1", "albert-base-v2", "albert-large-v1", "albert-large-v2", "albert-xlarge-v1", "albert-xlarge-v2", "albert-xxlarge-v1",
        "albert-xxlarge-v2", "bert-base-cased", "bert-base-cased-finetuned-mrpc", "bert-base-chinese", "bert-base-german-cased",
        "bert-base-german-dbmdz-cased", "bert-base-german-dbmdz-uncased", "bert-base-multilingual-cased", "bert-base-multilingual-uncased",
        "bert-base-uncased", "bert-large-cased", "bert-large-cased-whole-word-masking", "bert-large-cased-whole-word-masking-finetuned-squad",
        "bert-large-uncased", "bert-large-uncased-whole-word-masking", "bert-large-uncased-whole-word-masking-finetuned-squad", "camembert-base",
        "ctrl", "distilbert-base-cased", "distilbert-base-cased-distilled-squad", "distilbert-base-german-cased", "distilbert-base-multilingual-cased",
        "distilbert-base-uncased", "distilbert-base-uncased-distilled-squad", "distilbert-base-uncased-finetuned-sst-2-english", "distilgpt2",
        "distilroberta-base", "gpt2", "gpt2-large", "gpt2-medium", "gpt2-xl", "openai-gpt", "roberta-base", "roberta-base-openai-detector",
        "roberta-large", "roberta-large-mnli", "roberta-large-openai-detector", "t5-11b", "t5-3b", "t5-base", "t5-large", "t5-small",
        "transfo-xl-wt103", "xlm-clm-ende-1024", "xlm-clm-enfr-1024", "xlm-mlm-100-1280", "xlm-mlm-17-1280", "xlm-mlm-en-2048", "xlm-mlm-ende-1024",
        "xlm-mlm-enfr-1024", "xlm-mlm-enro-1024", "xlm-mlm-tlm-xnli15-1024", "xlm-mlm-xnli15-1024", "xlm-roberta-base", "xlm-roberta-large",
        "xlnet-base-cased", "xlnet-large-cased"};
    return holds(kNames, name) || name.starts_with("xlm-roberta-large-finetuned-conll0");
}

std::string_view whisper_repository(std::string_view size) {
    static constexpr auto kRepositories = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"tiny.en", "Systran/faster-whisper-tiny.en"}, {"tiny", "Systran/faster-whisper-tiny"},
        {"base.en", "Systran/faster-whisper-base.en"}, {"base", "Systran/faster-whisper-base"},
        {"small.en", "Systran/faster-whisper-small.en"}, {"small", "Systran/faster-whisper-small"},
        {"medium.en", "Systran/faster-whisper-medium.en"}, {"medium", "Systran/faster-whisper-medium"},
        {"large-v1", "Systran/faster-whisper-large-v1"}, {"large-v2", "Systran/faster-whisper-large-v2"},
        {"large-v3", "Systran/faster-whisper-large-v3"}, {"large", "Systran/faster-whisper-large-v3"},
        {"distil-large-v2", "Systran/faster-distil-whisper-large-v2"}, {"distil-medium.en", "Systran/faster-distil-whisper-medium.en"},
        {"distil-small.en", "Systran/faster-distil-whisper-small.en"}, {"distil-large-v3", "Systran/faster-distil-whisper-large-v3"},
        {"large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo"}, {"turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo"},
    });
    const auto found = std::find_if(kRepositories.begin(), kRepositories.end(), [&](const auto& one) { return one.first == size; });
    return found == kRepositories.end() ? std::string_view{} : found->second;
}

}  // namespace headgate::intake::python
