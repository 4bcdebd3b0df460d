// Python source and notebooks: the calls that fetch models and datasets.
#include <catch2/catch.hpp>

#include "intake/python_tokens.hpp"
#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using intake::python::Token;
using Names = std::vector<std::string>;

namespace {

const std::string kCommit(40, 'c');
const std::string kTransformers = "from transformers import AutoModel, pipeline\n";
const std::string kDatasets = "from datasets import load_dataset\n";

Parsed python(const std::string& text) { return Parsed("a.py", text, {}, intake::format_of("Python source")); }
Names names(const std::string& text) { return python(text).names(); }
Names model(const std::string& call) { return names(kTransformers + call + "\n"); }
Parsed notebook(const std::string& text) { return Parsed("a.ipynb", text, {}, intake::format_of("notebook")); }

/// The kinds of the tokens, a letter each, and "!" behind what was refused.
std::string kinds(std::string_view source) {
    intake::python::Tokens tokens;
    const std::string problem = intake::python::tokenise(source, 1, tokens);
    std::string text;
    for (const Token& token : tokens.all) text += std::string_view("n0tbo<>;")[static_cast<std::size_t>(token.kind)];
    return text + (problem.empty() ? "" : "!");
}
std::string value(std::string_view source) {
    intake::python::Tokens tokens;
    REQUIRE(intake::python::tokenise(source, 1, tokens).empty());
    REQUIRE(tokens.values.size() == 1);
    return tokens.values[0];
}

}  // namespace

TEST_CASE("tokens: lines, brackets, comments, numbers") {
    CHECK(kinds("a = 1\n") == "no0;;");
    CHECK(kinds("f(a,\n  b)\n") == "nonono;;");
    CHECK(kinds("a = \\\n b # c\n") == "non;;");
    CHECK(kinds("x: int = 0x1F + 1e-5\r\ny\r") == "nono0o0;n;;");
    CHECK(kinds("a //= b ** c != d := e") == "nononon" "on;");
    CHECK(kinds(")") == "o;");
    CHECK(kinds("\xC3\xA4 = 1") == "no0;");
}

TEST_CASE("tokens: texts") {
    CHECK(value(R"("a\n\x41\u00e4\101\q\"")") == "a\nA\xC3\xA4" "A\\q\"");
    CHECK(value(R"(r"a\n\"")") == R"(a\n\")");
    CHECK(value("'''a\n'b' ''c'''") == "a\n'b' ''c");
    CHECK(value("\"a\\\nb\"") == "ab");
    CHECK(value("u'x'") == "x");
    CHECK(kinds("b'x' Rb'y'") == "bb;");
    for (const char* open : {"'a\n'", "\"abc", "'''abc''", "f'{a", "f'{a'", "f'{a:x'", "f'{)}'"}) {
        CAPTURE(open);
        CHECK(kinds(open) == "!");
    }
}

TEST_CASE("tokens: f-strings, with fields in fields") {
    CHECK(kinds("f'a{b}c'") == "<tono" "t>;");
    CHECK(kinds("f'{{x}}'") == "<t>;");
    CHECK(kinds("f'{a:>{w}}' ") == "<onotonoo>;");
    CHECK(kinds("f'{a!r:x}{d[\"k\"]}'") == "<ononotoonotoo>;");
    CHECK(kinds("f'''{\n a # c\n}'''") == "<ono>;");
    CHECK(kinds("rf'\\{x}'") == "<tono>;");
    std::string deep;
    for (int i = 0; i < 300; ++i) deep += "f'{";
    CHECK(kinds(deep) == "!");
    CHECK(kinds(std::string(300, '(')) == "!");
}

TEST_CASE("positions, keywords, lines and revisions") {
    CHECK(model("AutoModel.from_pretrained('acme/x')") == Names{"hf:acme/x"});
    CHECK(model("AutoModel.from_pretrained(\n    # the model\n    pretrained_model_name_or_path=(\n        'acme/x'\n    ),\n    revision='" + kCommit + "',\n)") == Names{"hf:acme/x@" + kCommit});
    CHECK(model("pipeline('text-generation', model='acme/x', tokenizer='acme/t')") == Names{"hf:acme/x", "hf:acme/t"});
    CHECK(model("pipeline('ner', 'acme/x')") == Names{"hf:acme/x"});
    CHECK(model("AutoModel.from_pretrained('bert-base-uncased')") == Names{"hf:bert-base-uncased"});
    const Parsed parsed = python(kTransformers + "AutoModel.from_pretrained(\n  'acme/x',\n  revision='v1')\nAutoModel.from_pretrained('acme/x', revision='v1')\n");
    REQUIRE(parsed.facts.requirements.size() == 1);      // each once
    CHECK(parsed.facts.requirements[0].where.line == 3U);
    CHECK_FALSE(parsed.facts.requirements[0].pinned);
    CHECK(python(kTransformers + "AutoModel.from_pretrained('acme/x', revision='" + kCommit + "')").facts.requirements[0].pinned);
}

TEST_CASE("paths name nothing") {
    for (const char* path : {"./x", "../x", "/srv/x", "~/x", "C:/x", "a\\\\b", "a/b/c", ".", "file:///x", "my model"}) {
        CAPTURE(path);
        CHECK(model("AutoModel.from_pretrained('" + std::string(path) + "')").empty());
    }
    CHECK(model("import os\nHERE = os.path.dirname(__file__)\nAutoModel.from_pretrained(os.path.join(HERE, 'x'))\nAutoModel.from_pretrained(Path(__file__).parent / 'x')\nAutoModel.from_pretrained(f'{HERE}/x')").empty());
    CHECK(model("AutoModel.from_pretrained()\nAutoModel.from_pretrained(None)\nAutoModel.from_pretrained").empty());
    CHECK_FALSE(python(kTransformers + "AutoModel.from_pretrained('m\xD0\xB5ta/x')").understood);     // a Cyrillic letter
}

TEST_CASE("constants in variables") {
    CHECK(model("M = 'acme/x'\nAutoModel.from_pretrained(M)") == Names{"hf:acme/x"});
    CHECK(model("def f():\n    m: str = \"acme\" \"/x\"\n    return AutoModel.from_pretrained(m)") == Names{"hf:acme/x"});
    CHECK(model("ORG = 'acme'\nM = ORG + '/x'\nAutoModel.from_pretrained(M)\nAutoModel.from_pretrained(f'{ORG}/y')") == Names{"hf:acme/x", "hf:acme/y"});
    CHECK(model("M = 'acme/x' if big else 'acme/y'\nAutoModel.from_pretrained(M)") == Names{"hf:acme/x", "hf:acme/y"});
    CHECK(model("M = 'acme/x'\nAutoModel.from_pretrained(M)\nM = 'acme/y'") == Names{"hf:acme/x", "hf:acme/y"});
    CHECK(model("class C:\n    M = 'acme/x'\nAutoModel.from_pretrained(C.M)") == Names{"hf:acme/x"});
    CHECK(model("class C:\n    def __init__(self):\n        self.m = 'acme/x'\n    def f(self): return AutoModel.from_pretrained(self.m)") == Names{"hf:acme/x"});
    CHECK(model("for m in ['acme/x', 'acme/y']:\n    AutoModel.from_pretrained(m)") == Names{"hf:acme/x", "hf:acme/y"});
    CHECK(model("ALL = ('acme/x', 'acme/y')\nr = [AutoModel.from_pretrained(m) for m in ALL if m]") == Names{"hf:acme/x", "hf:acme/y"});
    CHECK(model("a, b = 'acme/x', 'acme/y'\nAutoModel.from_pretrained(b)") == Names{"hf:acme/y"});
    CHECK(model("import os\nos.path.join('acme', 'x')\nAutoModel.from_pretrained(os.path.join('acme', 'x'))") == Names{"hf:acme/x"});
}

TEST_CASE("what only running it tells is reported, with what is known of it") {
    for (const char* call : {"AutoModel.from_pretrained(x)", "AutoModel.from_pretrained(args.model)", "AutoModel.from_pretrained(f'{org}/x')", "AutoModel.from_pretrained('a/' + x)", "AutoModel.from_pretrained(names[0])",
                             "AutoModel.from_pretrained('%s/x' % y)", "AutoModel.from_pretrained('{}'.format(y))", "AutoModel.from_pretrained(*x)", "AutoModel.from_pretrained(**x)",
                             "M = M\nAutoModel.from_pretrained(M)", "A = B\nB = A\nAutoModel.from_pretrained(A)", "with open(x) as m:\n    AutoModel.from_pretrained(m)", "from conf import M\nAutoModel.from_pretrained(M)",
                             "M = 'acme/x'\nM += 'y'\nAutoModel.from_pretrained(M)", "AutoModel.from_pretrained('\\N{DIGIT ONE}/x')"}) {
        CAPTURE(call);
        const Parsed parsed = python(kTransformers + call + "\n");
        CHECK(parsed.understood);
        REQUIRE_FALSE(parsed.facts.requirements.empty());
        CHECK(parsed.facts.requirements.back().dynamic);
        CHECK(parsed.facts.requirements.back().reference.canonical == "hf:?");
    }
    CHECK(model("import os\nAutoModel.from_pretrained(os.environ.get('M', 'acme/x'))") == Names{"hf:acme/x", "hf:?"});
    CHECK(model("def f(m='acme/x'):\n    return AutoModel.from_pretrained(m)") == Names{"hf:acme/x", "hf:?"});
    CHECK(python(kTransformers + "AutoModel.from_pretrained(cfg.model.name)").facts.requirements[0].written == "cfg.model.name");
    // Read where they are called.
    CHECK(model("class M(AutoModel):\n    @classmethod\n    def from_pretrained(cls, path, **kw):\n        cls.from_pretrained(path)\n        return super().from_pretrained(path, **kw)").empty());
}

TEST_CASE("objects are no names") {
    CHECK(model("m = AutoModel.from_pretrained('acme/x')\npipeline('ner', model=m, tokenizer=tok)") == Names{"hf:acme/x"});
    CHECK(model("pipeline('ner', model=model_id)").back() == "hf:?");
    CHECK(names("from peft import PeftModel\nfrom transformers import AutoModel\nbase = AutoModel.from_pretrained('acme/x')\nPeftModel.from_pretrained(base, 'acme/lora')") == Names{"hf:acme/x", "hf:acme/lora"});
}

TEST_CASE("other libraries' functions of the same name") {
    CHECK(names("import seaborn as sns\nsns.load_dataset('iris')").empty());
    CHECK(names("from mine import load_dataset\nload_dataset('x')").empty());
    CHECK(names("def load_dataset(x): pass\nload_dataset('x')").empty());
    CHECK(names("from sklearn.pipeline import pipeline\npipeline('a', 'b/c')").empty());
    CHECK(names("from efficientnet_pytorch import EfficientNet\nEfficientNet.from_pretrained('efficientnet-b0')\nEfficientNet.from_pretrained(name)").empty());
    CHECK(names("Thing.from_pretrained('acme/x')") == Names{"hf:acme/x"});
    CHECK(names("import torch\ntorch.load('a/b')\njson.load(x)").empty());
    CHECK(names("load_dataset('squad')") == Names{"hf-dataset:squad"});      // its import is elsewhere
    CHECK(names("# AutoModel.from_pretrained('a/b')\nx = \"AutoModel.from_pretrained('a/b')\"").empty());
}

TEST_CASE("datasets: formats, files, scripts") {
    CHECK(names(kDatasets + "load_dataset('squad')\nload_dataset('acme/d', 'en', split='train', revision='" + kCommit + "')") == Names{"hf-dataset:squad", "hf-dataset:acme/d@" + kCommit});
    CHECK(names(kDatasets + "load_dataset('csv', data_files='https://evil.example/x.csv?token=1')") == Names{"https://evil.example/x.csv"});
    CHECK(names(kDatasets + "load_dataset('json', data_files={'train': ['hf://datasets/acme/ds@main/x.jsonl', 'a.json'], 'test': 'https://files.example/y'})") ==
          Names{"https://files.example/y", "hf-dataset:acme/ds@main"});
    CHECK(names(kDatasets + "load_dataset('csv', data_files='data/x.csv')\nload_dataset('parquet', data_dir='x')\nload_dataset('./script.py')\nload_dataset('dir/script.py')").empty());
    CHECK(names(kDatasets + "load_dataset('json', data_files=files)") == Names{"hf-dataset:?"});
    CHECK(names("import datasets\ndatasets.load_dataset(path='acme/d')") == Names{"hf-dataset:acme/d"});
    CHECK(names("import datasets as d\nd.load_dataset_builder('acme/d')") == Names{"hf-dataset:acme/d"});
}

TEST_CASE("the other loaders of the table") {
    CHECK(names("from huggingface_hub import hf_hub_download as get, snapshot_download\nsnapshot_download('acme/d', repo_type='dataset')\nsnapshot_download(repo_id='acme/m')") == Names{"hf-dataset:acme/d", "hf:acme/m"});
    CHECK(names("import huggingface_hub\nhuggingface_hub.hf_hub_download('acme/m', 'x.gguf')") == Names{"hf:acme/m"});
    CHECK(names("from sentence_transformers import SentenceTransformer, CrossEncoder\nSentenceTransformer('all-MiniLM-L6-v2')\nSentenceTransformer('bert-base-uncased')\nCrossEncoder('acme/c')") ==
          Names{"hf:sentence-transformers/all-MiniLM-L6-v2", "hf:bert-base-uncased", "hf:acme/c"});
    CHECK(names("from vllm import LLM\nLLM('acme/m')\nLLM(model='acme/n', tokenizer='acme/t')") == Names{"hf:acme/m", "hf:acme/n", "hf:acme/t"});
    CHECK(names("from faster_whisper import WhisperModel\nWhisperModel('large-v3')\nWhisperModel('model.bin')") == Names{"hf:Systran/faster-whisper-large-v3"});
    CHECK(names("import torch\ntorch.hub.load('ultralytics/yolov5', 'x')\ntorch.hub.load('a/b:" + kCommit + "', 'x')\ntorch.hub.load('a/c', 'x', source='local')\ntorch.hub.load('dir', 'y')") ==
          Names{"pkg:github/ultralytics/yolov5", "pkg:github/a/b@" + kCommit});
    CHECK(names("import timm\ntimm.create_model('hf-hub:acme/m@v1', pretrained=True)\ntimm.create_model('resnet50')") == Names{"hf:acme/m@v1"});
    CHECK(names("import pandas as pd\npd.read_csv('hf://datasets/acme/d/x.csv')\n'hf://docs/only'\nif p.startswith('hf://'): pass\nu = f'hf://{x}'\nw = 'hf://models/' 'acme/m'") == Names{"hf-dataset:acme/d", "hf:?", "hf:acme/m"});
    CHECK(names("from modelscope import snapshot_download\nsnapshot_download('Qwen/x', revision='v1')") == Names{"modelscope://qwen/x@v1"});
    CHECK(names("from trl import SFTTrainer\nSFTTrainer('acme/m')\nSFTTrainer(model=model)") == Names{"hf:acme/m"});
    CHECK(names("from pyannote.audio import Pipeline\nPipeline.from_pretrained('pyannote/x@2.1')") == Names{"hf:pyannote/x@2.1"});
    CHECK_FALSE(python("from huggingface_hub import snapshot_download\nsnapshot_download('acme/s', repo_type='space')").understood);
}

TEST_CASE("code from a hub, and another hub") {
    for (const char* text : {"f(trust_remote_code=True)", "def f(trust_remote_code: bool = True): pass", "kw = {'trust_remote_code': True}", "kw['trust_remote_code'] = True", "T = True\nf(trust_remote_code=T)", "f(trust_remote_code=1)"}) {
        CAPTURE(text);
        CHECK(python(text).has("source.trust-remote-code"));
        CHECK(python(text).understood);
    }
    for (const char* text : {"f(trust_remote_code=False)", "f(trust_remote_code=None)", "f(trust_remote_code=0)", "# trust_remote_code=True", "x = 'trust_remote_code=True'"}) {
        CAPTURE(text);
        CHECK_FALSE(python(text).has("source.trust-remote-code"));
    }
    const Parsed endpoint = python("import os\nos.environ['HF_ENDPOINT'] = 'https://hub.example'\nos.environ.setdefault('HF_ENDPOINT', 'https://other.example')\n");
    REQUIRE(endpoint.facts.index_options.size() == 2);
    CHECK(endpoint.facts.index_options[0].url == "https://hub.example");
    CHECK(endpoint.facts.index_options[0].ecosystem == "hf");
}

TEST_CASE("bounds and broken sources") {
    CHECK_FALSE(python("x = 'unclosed\n").understood);
    CHECK_FALSE(python("# -*- coding: utf-7 -*-\nx = 1\n").understood);
    CHECK(python("# -*- coding: utf-8 -*-\nx = 1\n").understood);
    CHECK_FALSE(python(std::string("a\0b", 3)).understood);
    std::string nested = kTransformers;
    for (int i = 0; i < 150; ++i) nested += "AutoModel.from_pretrained(";
    CHECK(python(nested + "'a/b'" + std::string(150, ')')).understood);
    std::string doubled = kDatasets + "A0 = 'https://x.example/y'\n";
    for (int i = 1; i < 60; ++i) doubled += "A" + std::to_string(i) + " = [A" + std::to_string(i - 1) + ", A" + std::to_string(i - 1) + ", A" + std::to_string(i - 1) + "]\n";
    CHECK(python(doubled + "load_dataset('csv', data_files=A59)").understood);
    Limits few;
    few.facts = 3;
    std::string many = kTransformers;
    for (int i = 0; i < 10; ++i) many += "AutoModel.from_pretrained('a/b" + std::to_string(i) + "')\n";
    const Parsed limited("a.py", many, few, intake::format_of("Python source"));
    CHECK(limited.oracle());
    CHECK(limited.has("manifest.unscannable"));
    CHECK(intake::every_prefix("a.py", "# /// script\n# dependencies = ['x']\n# ///\n" + kTransformers + kDatasets +
                                           "M = f'a/{b!r:>{w}}'\nAutoModel.from_pretrained(M, revision=\"x\\x41\", trust_remote_code=True)\nfor d in [r'a/b', '''c/d''']: load_dataset(d, data_files={'a': 'https://x.example/y'})\nx = 'hf://a/b' + y\n",
                               intake::format_of("Python source")));
}

TEST_CASE("a source with a block of requirements") {
    const Parsed parsed = python("# /// script\n# dependencies = [\"reqeusts\"]\n# ///\n" + kTransformers + "AutoModel.from_pretrained('acme/x')\n");
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/reqeusts", "hf:acme/x"});
    CHECK(parsed.facts.formats.size() == 1);
    CHECK_FALSE(python("# /// script\n# dependencies = [\n# ///\n").understood);
}

TEST_CASE("notebooks: code cells, shell lines and magics") {
    const Parsed parsed = notebook(R"json({"cells": [
{"cell_type": "markdown", "source": ["AutoModel.from_pretrained(\"not/code\")"]},
{"cell_type": "code", "source": [
"!pip install -q reqeusts \"torch>=2\" --extra-index-url https://pypi.acme.example/simple 2>/dev/null && echo ok\n",
"%pip install transformers==4.40.0 -r more.txt\n",
"!hf download acme/w --revision )json" + kCommit + R"json(\n",
"!huggingface-cli download acme/d --repo-type dataset x.csv\n",
"%env HF_ENDPOINT=https://hub.example\n",
"%time m = AutoModel.from_pretrained(\n",
"  \"acme/x\")\n"]},
{"cell_type": "code", "source": "%%bash\npip install numpy\nvllm serve acme/s\n"},
{"cell_type": "code", "source": "%%html\n<b>AutoModel.from_pretrained('no/html')</b>"},
{"cell_type": "code", "source": "from transformers import AutoModel\nx = !pip install scipy\nAutoModel?\ny = 3 %z\ns = (1\n %two)\n"}
]})json");
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/reqeusts", "pkg:pypi/torch", "pkg:pypi/transformers@4.40.0", "hf:acme/w@" + kCommit, "hf-dataset:acme/d", "pkg:pypi/numpy", "hf:acme/s", "pkg:pypi/scipy", "hf:acme/x"});
    CHECK(parsed.facts.requirements[0].where.line == 4U);
    CHECK(parsed.facts.requirements[0].where.member == "cell 2 line 1");
    CHECK(parsed.facts.requirements.back().where.line == 10U);
    CHECK(parsed.facts.requirements.back().where.member == "cell 2 line 7");
    REQUIRE(parsed.facts.index_options.size() == 2);
    CHECK(parsed.facts.index_options[0].role == IndexOption::Role::extra);
    REQUIRE(parsed.facts.includes.size() == 1);
    CHECK(parsed.facts.includes[0].path == "more.txt");
}

TEST_CASE("notebooks: other forms, and what is not understood") {
    CHECK(notebook(R"json({"worksheets": [{"cells": [{"cell_type": "code", "input": ["load_dataset('acme/d')"]}]}]})json").names() == Names{"hf-dataset:acme/d"});
    CHECK(notebook(R"json({"cells": [{"cell_type": "code", "source": "PIP_INDEX_URL=x"}, {"cell_type": "code", "source": "!PIP_INDEX_URL=https://i.example/s python -m pip install {pkg} $X"}]})json").names() == Names{"pkg:pypi/?", "pkg:pypi/?"});
    const Parsed broken = notebook(R"json({"cells": [{"cell_type": "code", "source": "what is 'this"}, {"cell_type": "code", "source": "X.from_pretrained('a"}, {"cell_type": "code", "source": "load_dataset('acme/d')"}]})json");
    CHECK_FALSE(broken.understood);
    CHECK(broken.facts.opaques.size() == 1);
    CHECK(broken.names() == Names{"hf-dataset:acme/d"});
    for (const char* text : {"[]", "{", "{\"cells\": 1}", "{\"cells\": [{\"cell_type\": \"code\", \"source\": [1]}]}", ""}) {
        CAPTURE(text);
        CHECK_FALSE(notebook(text).understood);
        CHECK(notebook(text).oracle());
    }
    CHECK(intake::every_prefix("a.ipynb", R"json({"cells": [{"cell_type": "code", "source": ["!pip install -i https://x.example/s a==1 \\\n", " b; hf download a/b\n", "X.from_pretrained(f'a/{b}')"]}]})json", intake::format_of("notebook")));
}
