// Text, markup, code, LFS pointers, and names that promise something else.
#include "formats/text.hpp"

#include <catch2/catch.hpp>

#include "recipes/tensor_recipe.hpp"
#include "unit/formats/examined.hpp"

using namespace headgate;
using tests::examine;

TEST_CASE("plain text is inert, whatever its language") {
    for (const char* name :
         {"README.md", "LICENSE", "merges.txt", "vocab.txt", "notes", ".gitattributes", "a.yaml", "data.csv"}) {
        for (const std::string& content :
             {std::string("Zażółć gęślą jaźń \xf0\x9f\xa4\x97\n"), std::string("a,b\n1,2\n"), std::string()}) {
            const auto outcome = examine(content, name);
            INFO(name << " " << outcome.ids());
            CHECK(outcome.whole());
            REQUIRE(outcome.evidence.formats.size() == 1);
            CHECK(outcome.evidence.formats[0].inert);
            CHECK(outcome.ids() == "");
        }
    }
    CHECK(examine("a,b\n", "data.csv").is("csv"));
}

TEST_CASE("a sequence across a window is text, a NUL or a broken byte behind it is not") {
    std::string text(65'535, 'a');
    text += "\xc3\xa9";
    CHECK(examine(text, "a.txt").whole());
    CHECK(examine(text + '\0', "a.txt").has("text.malformed"));
    CHECK(examine(text + "\xff", "a.txt").has("text.malformed"));
    CHECK(examine(std::string((1U << 20U) - 1, 'a') + "\xe2\x82\xac" + "b", "a.txt").whole());
}

TEST_CASE("content that is no text and nothing else is an Opaque") {
    const auto outcome = examine(std::string("\0\x01\x02", 3), "a.txt");
    CHECK_FALSE(outcome.whole());
    CHECK(outcome.evidence.opaques.size() == 1);
}

TEST_CASE("a protobuf that is UTF-8 without NUL is no text") {
    const std::string model = "\x08\x03\x12\x06headgt:\x0c\n\x04node\x12\x04graf";
    CHECK(examine(model, "model.onnx").evidence.formats.empty());
    CHECK_FALSE(examine(model, "model").is("text"));
    CHECK_FALSE(examine(model, "model").whole());
    const std::string other = "\x08\x03\x12\x06headgt";      // of no format that has a reader
    CHECK(examine(other, "model").evidence.opaques.size() == 1);
    CHECK(examine("a\x01"
                  "b\n",
                  "data.csv")
              .is("csv"));
    CHECK(examine("\x1b[1mbold\x1b[0m\f\n", "notes").is("text"));
}

TEST_CASE("code is code by name, shebang or content") {
    struct Case {
        const char* name;
        std::string content;
        const char* format;
    };
    const Case cases[] = {
        {"modeling_x.py", "import torch\n", "python"},
        {"run", "#!/bin/sh\necho headgate\n", "shell"},
        {"run", "#!/usr/bin/env python3\n", "python"},
        {"loader", "import os\nprint('headgate')\n", "python"},
        {"a.ipynb", "{}", "notebook"},
        {"a.js", "1", "javascript"},
        {"weights.bin",
         std::string("\x7f"
                     "ELF\x02\x01\x01",
                     7),
         "elf"},
    };
    for (const Case& c : cases) {
        const auto outcome = examine(c.content, c.name);
        INFO(c.name << " " << outcome.ids());
        REQUIRE(outcome.is(c.format));
        CHECK(outcome.evidence.formats[0].code);
        CHECK_FALSE(outcome.evidence.formats[0].inert);
    }
    CHECK(examine("import this model into your program\n", "notes").is("text"));
    CHECK(examine("import os\n", "README.md").is("text"));
}

TEST_CASE("markup with script is a finding, without it is inert") {
    for (const char* bad :
         {"<svg><script>1</script></svg>", "<svg onload=\"x()\"/>", "<html><a href='javascript:x'></a></html>"}) {
        const auto outcome = examine(bad, "a.svg");
        INFO(bad);
        CHECK(outcome.has("markup.script"));
        CHECK_FALSE(outcome.evidence.formats[0].inert);
    }
    const auto good = examine("<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/> on a = b </svg>", "a.svg");
    CHECK(good.ids() == "");
    CHECK(good.evidence.formats[0].inert);
    CHECK(examine("<?xml version='1.0'?><net/>", "model.xml").whole());
}

TEST_CASE("templates in YAML are judged") {
    CHECK(examine("chat_template: \"{{ x.__class__ }}\"\n", "config.yaml").has("template.private-access"));
    CHECK(examine("chat_template: \"{{ messages }}\"\n", "config.yaml").ids() == "");
    CHECK(examine("a: &x 1\nchat_template: \"{{ messages }}\"\n", "config.yaml").has("template.unscannable"));
    CHECK(examine("steps:\n  - run: ${{ github.event['a'] || 'b' }}\n", "ci.yaml").ids() == "");
}

TEST_CASE("an LFS pointer is not the model") {
    const std::string pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(64, 'a') + "\nsize 12345\n";
    const auto outcome = examine(pointer, "model.safetensors");
    REQUIRE(outcome.has("lfs.pointer"));
    CHECK(outcome.is("lfs-pointer"));
    CHECK(outcome.evidence.findings.size() == 1);
    CHECK(outcome.evidence.findings[0].message.find("run git lfs pull") != std::string::npos);
    CHECK(examine("version https://git-lfs is described here\n", "notes.txt").is("text"));
}

TEST_CASE("a name that promises something else is a finding") {
    for (const char* name : {"m.safetensors", "m.gguf", "m.bin", "m.pt", "m.pth", "m.pkl", "m.npy", "m.h5", "m.joblib",
                             "m.ckpt", "m.png", "m.parquet"}) {
        const auto outcome = examine("hello\n", name);
        INFO(name << " " << outcome.ids());
        CHECK(outcome.has("format.extension-mismatch"));
    }
    CHECK(examine(recipes::good_safetensors(), "m.gguf").has("format.extension-mismatch"));
    CHECK(examine(recipes::good_gguf().bytes(), "m.safetensors").has("format.extension-mismatch"));
    CHECK(examine(recipes::good_safetensors(), "notes.txt").has("format.extension-mismatch"));
    CHECK_FALSE(examine(recipes::good_safetensors(), "m.safetensors").has("format.extension-mismatch"));
    CHECK_FALSE(examine(recipes::good_safetensors(), "m.bin").has("format.extension-mismatch"));
    CHECK_FALSE(examine("hello\n", "m.txt").has("format.extension-mismatch"));
}
