// References of Python sources, notebooks, settings and requirements, written so that they look like something else.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;

namespace {

const std::string kTransformers = "from transformers import AutoModel, pipeline\n";

Parsed python(const std::string& text) { return Parsed("a.py", text, {}, intake::format_of("Python source")); }
bool remote_code(const std::string& text) { return python(text).has("source.trust-remote-code"); }
Names names(const std::string& text) { return python(text).names(); }
bool computed(const Parsed& parsed) {
    return std::any_of(parsed.facts.requirements.begin(), parsed.facts.requirements.end(), [](const Requirement& one) { return one.dynamic; });
}

/// A notebook of one cell, given as the JSON of its source.
Names cell(const std::string& source) { return Parsed("a.ipynb", "{\"cells\": [{\"cell_type\": \"code\", \"source\": " + source + "}]}").names(); }

}  // namespace

TEST_CASE("names of names in a circle take no time") {
    std::string text = kTransformers;
    for (int i = 0; i < 2000; ++i) text += "t0=t1\nt1=t2\nt2=t3\nt3=t4\nt4=t0\n";
    for (int i = 0; i < 2000; ++i) text += "AutoModel.from_pretrained(\"a/b\",trust_remote_code=t0)\n";
    CHECK(remote_code(text));
    std::string chain = "t0 = False\n";
    for (int i = 1; i < 3000; ++i) chain += "t" + std::to_string(i) + " = t" + std::to_string(i - 1) + "\n";
    CHECK(remote_code(chain + "f(trust_remote_code=t2999)\n"));        // beyond the bound: it may be true
    std::string same;
    for (int i = 0; i < 20000; ++i) same += "trust_remote_code = ";
    CHECK_FALSE(remote_code(same + "False\n"));
}

TEST_CASE("sources that repeat one thing many times take no time") {
    for (const char* part : {"trust_remote_code: ", "trust_remote_code := ", "{\"trust_remote_code\": ", "\"trust_remote_code\": ", "\"trust_remote_code\", ", "\"trust_remote_code\"", "f(trust_remote_code=", "not ", "x or ", "(", "[", "x[", "x[a] = ",
                             ": import ", "case x ", "(AutoModel.from_pretrained)", "AutoModel.from_pretrained, ", "getattr(x, ", "f'{", "f'{x}' ", "HfApi(endpoint=", "x.system(", "x if y else ", "(T:=", "a, (b, c) = "}) {
        CAPTURE(part);
        std::string text = kTransformers + "T = f(x, {1, trust_remote_code=T, ";
        for (int i = 0; i < 4000; ++i) text += part;
        CHECK(python(text).oracle());
        CHECK(python(kTransformers + text.substr(text.find('{') + 1) + "\n").oracle());
        std::string quoted;
        for (const char c : text.substr(0, 60000)) quoted += c == '"' ? '\'' : c == '\n' ? ';' : c;
        CHECK(Parsed("a.ipynb", "{\"cells\": [{\"cell_type\": \"code\", \"source\": \"" + quoted + "\"}]}").oracle());
    }
    CHECK(intake::every_prefix("a.ipynb", R"j({"cells": [{"cell_type": "code", "source": ["%%capture\n", "%%time -n 3 x\n", "x = %pip install 'a' \\\n", " b; `c` $(pip install d)\n", "get_ipython().run_line_magic('pip', f'install {x}')"]}]})j", intake::format_of("notebook")));
}

TEST_CASE("trust_remote_code: true in other words") {
    for (const char* value : {"True", "(True)", "not False", "\"yes\"", "'False'", "-1", "bool(1)", "[1]", "False or True", "False if x else True", "(t:=True)", "args.trust", "os.environ[\"X\"]", "unknown",
                              "1.5", "0x1", "True and True", "not None", "f'{x}'", "lambda: 0", "...", "{1: 2}", "(0,)", "args.trust_remote_code", "any(x)", "\xEF\xBC\xB4rue", "'' or 'x'"}) {
        CAPTURE(value);
        CHECK(remote_code("f(a, trust_remote_code=" + std::string(value) + ")\n"));
        CHECK(remote_code("kw = {'trust_remote_code': " + std::string(value) + "}\n"));
        CHECK(remote_code("kw['trust_remote_code'] = " + std::string(value) + "\n"));
    }
    for (const char* value : {"False", "(False)", "None", "0", "\"\"", "0.0", "not True", "bool(0)", "bool()", "False or None", "True and False", "False if x else None", "-0", "[]", "{}", "x and False"}) {
        CAPTURE(value);
        CHECK_FALSE(remote_code("f(a, trust_remote_code=" + std::string(value) + ")\n"));
        CHECK_FALSE(remote_code("kw = {'trust_remote_code': " + std::string(value) + ", 'a': True}\n"));
        CHECK_FALSE(remote_code("kw['trust_remote_code'] = " + std::string(value) + "\n"));
    }
}

TEST_CASE("trust_remote_code: variables") {
    CHECK_FALSE(remote_code("T = False\nU = T\nf(trust_remote_code=U)\n"));
    CHECK_FALSE(remote_code("T = False\nT = None\nf(trust_remote_code=T)\n"));
    for (const char* text : {"T = False\nT = True\n", "T = False\nT |= x\n", "T = False\nfor T in [True]: pass\n", "T = False\n(a, T), b = (1, True), 2\n", "T = False\n[a, T] = 1, True\n", "T = False\nT, = True,\n",
                             "T = False\nfrom x import T\n", "T = False\ndef T(): pass\n", "T = False\nwith x as T: pass\n", "T = False\nif (T := True): pass\n", "T = False\nmatch x:\n  case [T]: pass\n",
                             "def g(T=False): pass\n", "T = T\n", "T = U\nU = T\n", "T: bool\n"}) {
        CAPTURE(text);
        CHECK(remote_code(std::string(text) + "f(trust_remote_code=T)\n"));
    }
    CHECK(python("f(trust_remote_code=T)\n").facts.findings.at(0).message.find("computed (T)") != std::string::npos);
    CHECK(python("f(trust_remote_code=T)\n").understood);
}

TEST_CASE("trust_remote_code: the name in other words") {
    for (const char* text : {"f(**{\"trust_\" \"remote_code\": True})", "f(**{f\"trust_remote_code\": True})", "f(**{(\"trust_remote_code\"): True})", "K = 'trust_' + 'remote_code'\nf(**{K: True})", "k.setdefault(\"trust_remote_code\", True)",
                             "dict([(\"trust_remote_code\", True)])", "dict([[\"trust_remote_code\", True]])", "f(trust_remote_cod\xEF\xBD\x85=True)", "f(\xF0\x9D\x90\xADrust_remote_code=True)", "f(tru\xEF\xAC\x86_remote_code=True)",
                             "setattr(a, 'trust_remote_code', True)", "dict.fromkeys(['trust_remote_code'], True)", "dict(zip(('trust_remote_code',), [1]))", "K = 'trust_remote_code'", "kw['trust_' 'remote_code'] = True",
                             "kw['trust_remote_code'] |= True", "kw['trust_remote_code']: bool = True", "kw.pop('trust_remote_code', True)", "trust_remote_code: bool = True", "x.trust_remote_code = y", "trust_remote_code |= x",
                             "if (trust_remote_code := True): pass", "{'trust_remote_code': True"}) {
        CAPTURE(text);
        CHECK(remote_code(std::string(text) + "\n"));
    }
    for (const char* text : {"kw.get('trust_remote_code', False)", "kw.pop('trust_remote_code', None)", "getattr(x, 'trust_remote_code')", "if 'trust_remote_code' in kw: pass", "x = kw['trust_remote_code']", "k.setdefault('trust_remote_code', False)",
                             "dict([('trust_remote_code', False)])", "def f(trust_remote_code): pass", "def f(a, trust_remote_code: bool = False): pass", "'trust_remote_code'", "x == 'trust_remote_code'", "if trust_remote_code == True: pass",
                             "print('trust_remote_code is on')", "f(**{'trust_' 'remote_code': False})", "f(trust_remote_cod\xEF\xBD\x85=False)", "{'revision': True}"}) {
        CAPTURE(text);
        CHECK_FALSE(remote_code(std::string(text) + "\n"));
    }
}

TEST_CASE("trust_remote_code: settings") {
    for (const char* value : {"true", "yes", "on", "1", "\"true\"", "Yes", "y", "[1]", "{a: 1}", "2", "${TRUST}"}) {
        CAPTURE(value);
        CHECK(Parsed("a.yaml", "model:\n  trust_remote_code: " + std::string(value) + "\n").has("source.trust-remote-code"));
    }
    for (const char* value : {"false", "no", "off", "null", "0", "\"\"", "", "~", "False"}) {
        CAPTURE(value);
        CHECK_FALSE(Parsed("a.yaml", "model:\n  trust_remote_code: " + std::string(value) + "\n").has("source.trust-remote-code"));
    }
    for (const char* value : {"true", "1", "\"yes\"", "[0]", "1.5"}) CHECK(Parsed("a.json", "{\"trust_remote_code\": " + std::string(value) + "}").has("source.trust-remote-code"));
    for (const char* value : {"false", "0", "null", "\"\""}) CHECK_FALSE(Parsed("a.json", "{\"trust_remote_code\": " + std::string(value) + "}").has("source.trust-remote-code"));
    CHECK(Parsed("a.yaml", "models:\n  - trust_remote_code: yes\n").has("source.trust-remote-code"));
    CHECK(Parsed("a.yaml", "trust-remote-code: true\n").has("source.trust-remote-code"));
}

TEST_CASE("notebooks: an install in other words") {
    const Names evil = {"pkg:pypi/evil"};
    for (const char* source : {R"j("!pip3 install evil")j", R"j(["!pip ","install evil"])j", R"j("pip\u0020install evil")j", R"j("!!pip install evil")j", R"j("%%script bash\npip install evil")j", R"j("%%script --bg /bin/sh\npip install evil")j",
                               R"j("%sx pip install evil")j", R"j("%system pip install evil")j", R"j("%%!\npip install evil")j", R"j("%%sx\npip install evil")j", R"j("%%sx pip install evil")j", R"j("x = %pip install evil")j", R"j("x=!pip install evil")j",
                               R"j("d['a'] = !pip install evil")j", R"j("%time !pip install evil")j", R"j("%timeit -n 1 -r1 %pip install evil")j", R"j("!(pip install evil)")j", R"j("!true && (cd x; pip install evil)")j", R"j("!echo $(pip install evil)")j",
                               R"j("pip install evil")j", R"j("  pip install evil")j", R"j("%pip install evil #?")j", R"j("get_ipython().system('pip install evil')")j", R"j("get_ipython().getoutput(\"pip install evil\")")j",
                               R"j("get_ipython().run_line_magic('pip', 'install evil')")j", R"j("ip = get_ipython()\nip.run_cell_magic('bash', '', 'pip install evil')")j", R"j("get_ipython().run_cell('!pip install evil')")j",
                               R"j("get_ipython().magic('pip install evil')")j", R"j("import os\nos.system('pip install evil')")j", R"j("%%capture\n%%bash\npip install evil")j", R"j("%%time\n\n%%capture out\n!pip install evil")j", R"j("%%zsh\npip install evil")j",
                               R"j("%%script pip install evil\n")j", R"j("%%timeit !pip install evil\npass")j"}) {
        CAPTURE(source);
        CHECK(cell(source) == evil);
    }
    for (const char* source : {R"j("pip = 3\npip - 2\npip in [1]\npip.x\npip")j", R"j("%%html\npip install evil")j", R"j("x = 5 %pip")j", R"j("print('!pip install evil')")j", R"j("'''\n!pip install evil\n'''")j", R"j("# !pip install evil")j", R"j("time = 3\ntime if time else 2")j",
                               R"j("!ls (a)")j", R"j("%%writefile a.txt\npip install evil")j", R"j("x.system('ls')")j"}) {
        CAPTURE(source);
        CHECK(cell(source).empty());
    }
    CHECK(computed(Parsed("a.ipynb", R"j({"cells": [{"cell_type": "code", "source": "get_ipython().run_line_magic('pip', 'install ' + x)"}]})j")));
    CHECK(cell(R"j("import os\nos.system(f'pip install {x} evil')")j") == Names{"pkg:pypi/?", "pkg:pypi/evil"});
    const Parsed escaped("a.ipynb", R"j({"\u0063ells": [{"cell_type": "code", "source": "!pip3 install evil"}]})j");
    CHECK(escaped.names() == evil);
    CHECK(intake::content_format("a.ipynb", as_bytes("{\"a\": 1}")) == nullptr);
}

TEST_CASE("requirements by folder, and by words of the name") {
    const auto is = [](std::string_view path) {
        const intake::ManifestFormat* format = intake::find_manifest(path);
        return format != nullptr && format->name == "requirements.txt";
    };
    for (const char* path : {"requirements/base.txt", "a/requirements/dev.in", "Requirements.txt", "reqs.txt", "requirements-dev.txt", "dev_requirements.txt", "requirement.txt", "requirements.prod.txt", "ci-requirements-3.11.txt", "reqs-test.txt",
                             "constraints.txt", "constraints-3.txt", "build-constraints.txt"}) {
        CAPTURE(path);
        CHECK(is(path));
    }
    for (const char* path : {"base.txt", "notes/base.txt", "myrequirements/base.txt", "requirements/README.txt", "requirements/base.md", "design-constraints.txt", "requests.txt", "requirementsdoc.txt"}) {
        CAPTURE(path);
        CHECK_FALSE(is(path));
    }
    CHECK(Parsed("requirements/base.txt", "evil\n").names() == Names{"pkg:pypi/evil"});
}

TEST_CASE("Python: loaders called in other words") {
    const Names evil = {"hf:evil/m"};
    CHECK(names(kTransformers + "(AutoModel.from_pretrained)('evil/m')\n") == evil);
    CHECK(names(kTransformers + "((AutoModel.from_pretrained))('evil/m')\n") == evil);
    CHECK(names(kTransformers + "AutoModel.\xEF\xBD\x86rom_pretrained('evil/m')\n") == evil);
    CHECK(names(kTransformers + "model.load_adapter('evil/m')\n") == evil);
    CHECK(names("from diffusers import DiffusionPipeline\nDiffusionPipeline.from_pretrained('acme/x', custom_pipeline='evil/m')\n") == Names{"hf:acme/x", "hf:evil/m"});
    CHECK(names("from diffusers import DiffusionPipeline\nDiffusionPipeline.from_pretrained('acme/x', custom_pipeline='lpw')\n") == Names{"hf:acme/x", "pkg:github/huggingface/diffusers"});
    for (const char* text : {"import torch\ntorch.hub.list('evil/r')", "import torch.hub as H\nH.load('evil/r', 'm')", "import torch\ntorch.hub.load ('evil/r', 'm')", "from torch import hub\nhub . load('evil/r')"}) {
        CAPTURE(text);
        CHECK(Parsed("a.py", std::string(text) + "\n").names() == Names{"pkg:github/evil/r"});
    }
    for (const char* text : {"list(map(AutoModel.from_pretrained, ['evil/m']))", "q = pipeline\nq('x', 'evil/m')", "load = AutoModel.from_pretrained\nload('evil/m')", "AutoModel.from_pretrained.__call__('evil/m')", "getattr(AutoModel, 'from_' 'pretrained')('evil/m')",
                             "{'a': AutoModel.from_pretrained}['a']('evil/m')", "(x or AutoModel.from_pretrained)('evil/m')", "pipeline = (pipeline)\nf(pipeline)"}) {
        CAPTURE(text);
        const Parsed parsed = python(kTransformers + text + "\n");
        CHECK(computed(parsed));
        CHECK(parsed.understood);
    }
    for (const char* text : {"AutoModel.from_pretrained", "pipeline = pipeline('ner')\nuse(pipeline)", "from x import snapshot_download, load_dataset as l", "def from_pretrained(x): pass", "AutoModel.from_pretrained = f", "isinstance(x, AutoModel)",
                             "help(AutoModel.from_pretrained.__doc__)", "x.load = 1\nx.list", "list(x)\nhelp(x)", "def f(pipeline, *, x=1): pass"}) {
        CAPTURE(text);
        CHECK_FALSE(computed(python(kTransformers + text + "\n")));
    }
    CHECK(intake::content_format("a.py", as_bytes("x = 'github torch'\n")) == nullptr);
}

TEST_CASE("Python: another hub in other words") {
    for (const char* text : {"os.environ.update(HF_ENDPOINT='https://evil.example')", "os.environ.update(dict(A='x', HF_ENDPOINT='https://evil.example'))", "from huggingface_hub import HfApi\nHfApi(endpoint='https://evil.example')",
                             "import huggingface_hub as h\nh.HfApi('https://evil.example')", "from huggingface_hub import snapshot_download\nsnapshot_download('a/b', endpoint='https://evil.example')"}) {
        CAPTURE(text);
        const Parsed parsed = python(std::string(text) + "\n");
        REQUIRE(parsed.facts.index_options.size() == 1);
        CHECK(parsed.facts.index_options[0].url == "https://evil.example");
        CHECK(parsed.facts.index_options[0].ecosystem == "hf");
    }
    CHECK(python("from huggingface_hub import HfApi\nHfApi(token='x')\nf(endpoint='https://a.example')\n").facts.index_options.empty());
}

TEST_CASE("secrets in names are in no fact, finding or message") {
    const std::string digest = "@sha256:" + std::string(64, 'a');
    const auto kubernetes = [](const std::string& spec) { return Parsed("pod.yaml", "apiVersion: v1\nkind: Pod\nspec:\n" + spec, {}, intake::format_of("Kubernetes")); };
    const auto said = [](const Parsed& parsed) {
        std::string text;
        for (const Requirement& one : parsed.facts.requirements) text += one.written + " " + one.url + " " + one.reference.canonical + "\n";
        for (const Finding& one : parsed.facts.findings) text += one.message + " " + one.why + " " + one.fix + "\n";
        for (const Opaque& one : parsed.facts.opaques) text += one.why + "\n";
        for (const IndexOption& one : parsed.facts.index_options) text += one.url + " " + one.written + "\n";
        for (const Workload& pod : parsed.facts.workloads) {
            for (const WorkloadContainer& one : pod.containers) text += one.image + "\n";
            for (const WorkloadVolume& one : pod.volumes) text += one.source + "\n";
        }
        return text;
    };
    const auto initializer = [&](const std::string& uri) { return kubernetes("  initContainers: [{name: storage-initializer, image: a, args: [\"" + uri + "\", /mnt]}]\n  containers: [{image: b}]\n"); };
    const std::vector<Parsed> all = {kubernetes("  containers: [{image: \"user:SECRET@host.example/image" + digest + "\"}]\n"),
                                     kubernetes("  containers: [{image: \"user:SECRET@host.example/$(APP)\"}]\n"),
                                     kubernetes("  containers: [{image: a}]\n  volumes: [{name: m, image: {reference: \"user:SECRET@host.example/image:1\"}}]\n"),
                                     kubernetes("  containers: [{image: \"host.example/image?token=SECRET\"}]\n"),
                                     kubernetes("  containers: [{image: a, env: [{name: HF_ENDPOINT, value: \"https://u:SECRET@hub.example/?token=SECRET\"}]}]\n"),
                                     initializer("s3://KEY:SECRET@bucket/m"),
                                     initializer("s3://KEY:SEC/SECRET@bucket/m"),
                                     initializer("s3://bucket/m?X-Amz-Signature=SECRET&X-Amz-Credential=SECRET"),
                                     initializer("https://u:SECRET@host.example/m?sig=SECRET"),
                                     initializer("weird://u:SECRET@host.example/m?sig=SECRET"),
                                     initializer("https://u:SECRET@host.example/$(M)?sig=SECRET"),
                                     initializer("hf://buckets/acme/x?token=SECRET")};
    for (const Parsed& parsed : all) {
        CAPTURE(said(parsed));
        CHECK(said(parsed).find("SECRET") == std::string::npos);
        CHECK((!parsed.understood || !parsed.facts.requirements.empty()));
    }
    CHECK(said(all[0]).find("***@host.example/image" + digest) != std::string::npos);
    CHECK(all[7].names().at(1) == "s3://bucket/m?X-Amz-Signature=***&X-Amz-Credential=***");
    CHECK(all[8].names().at(1) == "https://host.example/m");
    // What is no secret is what it was.
    CHECK(initializer("s3://bucket/a@b/c").names().at(1) == "s3://bucket/a%40b/c");
    CHECK(kubernetes("  containers: [{image: \"host.example:5000/a/b:1" + digest + "\"}]\n").facts.requirements.at(0).written == "host.example:5000/a/b:1" + digest);
    CHECK(Parsed("requirements.txt", "x @ https://host.example/x-1.0.zip?token=SECRET\n").names().at(0).find("SECRET") == std::string::npos);
}

TEST_CASE("Python: other names of modules and loaders") {
    const Names evil = {"pkg:github/evil/r"};
    for (const char* text : {"import torch\nh = torch.hub\nh.load('evil/r', 'm')", "import torch as t\na = t\nb = a.hub\nb.load('evil/r')", "from torch import hub\nh = (hub)\nh.load('evil/r')", "import torch\ndef f():\n    h = torch.hub\n    return h.load('evil/r')",
                             "import importlib\nimportlib.import_module('torch').hub.load('evil/r')", "__import__('torch').hub.load('evil/r')"}) {
        CAPTURE(text);
        CHECK(names(std::string(text) + "\n") == evil);
    }
    for (const char* text : {"import torch\ngetattr(torch.hub, 'load')('evil/r')", "import torch\ng = getattr(torch.hub, 'lo' + 'ad')\ng('evil/r')", "import torch\nh = torch.hub\ngetattr(h, 'load')('evil/r')", "import operator, torch.hub\noperator.methodcaller('load', 'evil/r')(torch.hub)",
                             "import torch\nfrom operator import attrgetter\nattrgetter('hub.load')(torch)('evil/r')", "import torch\nload = torch.hub.load\nload('evil/r')"}) {
        CAPTURE(text);
        CHECK(computed(python(std::string(text) + "\n")));
    }
    for (const char* text : {"import torch\nh = torch.hub\nh.set_dir('x')", "import json\nh = json\nh.load(f)", "import torch\nh = torch\nh.load('a/b')", "h = h\nh.load('a/b')", "a = b\nb = a\na.load('a/b')", "import torch\ngetattr(torch, 'load')(f)", "import torch\ngetattr(x, 'load')(f)",
                             "from operator import methodcaller\nmethodcaller('load', 'a/b')(x)", "import torch\nh = torch.hub if x else torch\nh.set_dir('a/b')"}) {
        CAPTURE(text);
        CHECK(names(std::string(text) + "\n") == Names{});
    }
}

TEST_CASE("Python: trust_remote_code in pieces") {
    for (const char* text : {"f(**{'trust_remote' + '_code': True})", "setattr(c, 'trust_remote' + '_code', True)", "dict([('trust_' + 'remote' '_code', True)])", "dict(trust_remote_code=1)", "K = 'trust_remote' + '_code'",
                             "setattr(c, 'trust' + '' + '_remote_code', x)"}) {
        CAPTURE(text);
        CHECK(remote_code(kTransformers + text + "\n"));
    }
    for (const char* text : {"setattr(c, 'trust_remote' + '_code', False)", "f(**{'trust_remote' + '_code': False})", "print('trust_remote' + '_codes', True)", "setattr(c, 'trust_' + x, True)", "dict(trust_remote_code=0)"}) {
        CAPTURE(text);
        CHECK_FALSE(remote_code(kTransformers + text + "\n"));
    }
}

TEST_CASE("Python: what is only looked for on disk is fetched from nowhere") {
    CHECK_FALSE(computed(python(kTransformers + "AutoModel.from_pretrained(path, local_files_only=True, trust_remote_code=False)\n")));
    CHECK(computed(python(kTransformers + "AutoModel.from_pretrained(path, local_files_only=False)\n")));
    CHECK(computed(python(kTransformers + "AutoModel.from_pretrained(path, local_files_only=x)\n")));
    CHECK(computed(python(kTransformers + "AutoModel.from_pretrained(path, **kw)\n")));
    CHECK(names(kTransformers + "AutoModel.from_pretrained('acme/x', local_files_only=True)\n") == Names{"hf:acme/x"});
}

TEST_CASE("Python: what stands in each other a hundred thousand times takes no time") {
    const auto many = [](std::string_view what, int times) {
        std::string text;
        for (int i = 0; i < times; ++i) text += what;
        return text;
    };
    const std::string datasets = "from datasets import load_dataset\n";
    for (const std::string& text : {kTransformers + "x=" + many("lambda a=", 100'000) + "0" + many(":0", 100'000), kTransformers + "x=[" + many("0 for x ", 100'000) + "]", kTransformers + "x=" + many("'hf://a/b'+", 100'000) + "'c'",
                                    kTransformers + many("a=", 200'000) + many("x+", 200'000) + "x\nAutoModel.from_pretrained(a)", datasets + many("load_dataset=f()\n", 30'000) + many("g(load_dataset)\n", 30'000),
                                    datasets + "A=" + many("x+", 200'000) + "x\n" + many("load_dataset('csv',data_files=A)\n", 20'000), kTransformers + "f(" + many("''+", 200'000) + "'a')", kTransformers + many("h=torch.hub\nh.load\n", 20'000) + many("h.load(x)\n", 20'000)}) {
        CAPTURE(text.size());
        CHECK(python(text + "\n").oracle());
    }
    // What is behind the bound is said to be computed.
    CHECK(computed(python(kTransformers + "x=" + many("'hf://a/b'+", 1'000) + "'c'\n")));
}
