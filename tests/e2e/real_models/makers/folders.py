"""transformers: folders as save_pretrained writes them, of tiny random models, with tokenizers."""

import os
import random

import numpy
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers

DISTRIBUTIONS = ["transformers", "tokenizers"]
TEMPLATE = (
    "{%- for message in messages %}{{- '<|' + message.role + '|>\n' + message.content | trim + '\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|assistant|>\n' }}{%- endif %}"
)


def tokenizer():
    words = Tokenizer(models.WordLevel({"<unk>": 0, "<pad>": 1, "</s>": 2, "hello": 3, "world": 4}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=words, unk_token="<unk>", pad_token="<pad>", eos_token="</s>")
    fast.chat_template = TEMPLATE
    return fast


def tiny():
    llama = {
        "vocab_size": 32,
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
    }
    yield "llama", transformers.LlamaForCausalLM(transformers.LlamaConfig(**llama)), "folder_auto_map"
    yield "qwen2", transformers.Qwen2ForCausalLM(transformers.Qwen2Config(**llama)), "folder_template"
    yield "bert", transformers.BertForSequenceClassification(
        transformers.BertConfig(
            vocab_size=32,
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=32,
        )
    ), "folder_code"
    yield "gpt2", transformers.GPT2LMHeadModel(
        transformers.GPT2Config(vocab_size=32, n_positions=16, n_embd=16, n_layer=1, n_head=2)
    ), "folder_auto_map"
    yield "t5", transformers.T5ForConditionalGeneration(
        transformers.T5Config(vocab_size=32, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2, decoder_start_token_id=0)
    ), "folder_template"
    yield "vit", transformers.ViTForImageClassification(
        transformers.ViTConfig(
            hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, image_size=16, patch_size=8
        )
    ), "folder_code"


def make(maker):
    torch.manual_seed(0)
    for name, model, plant in tiny():
        model.save_pretrained(maker.place(name))
        tokenizer().save_pretrained(maker.place(name))
        maker.row(f"folder of a tiny {name}", name, plant)
    llama = next(tiny())[1]
    llama.save_pretrained(maker.place("sharded"), max_shard_size="4KB")
    maker.row("folder in shards", "sharded", "index_outside")
    arguments = transformers.TrainingArguments(output_dir="out", use_cpu=True, report_to=[])
    torch.save(arguments, maker.place("training_args.bin"))
    maker.row("training_args.bin", "training_args.bin", "torch_zip", profile="transformers")
    os.makedirs(maker.place("checkpoint"), exist_ok=True)
    llama.save_pretrained(maker.place("checkpoint"))
    torch.save(arguments, maker.place("checkpoint/training_args.bin"))
    torch.save(torch.optim.AdamW(llama.parameters()).state_dict(), maker.place("checkpoint/optimizer.pt"))
    torch.save(
        {"python": random.getstate(), "numpy": numpy.random.get_state(), "cpu": torch.get_rng_state()},
        maker.place("checkpoint/rng_state.pth"),
    )
    maker.row("checkpoint of a Trainer", "checkpoint", "folder_template", profile="transformers")
