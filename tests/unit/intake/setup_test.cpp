// setup.py, which is not run, and setup.cfg, which need not be.
#include <catch2/catch.hpp>

#include "intake/python_literals.hpp"
#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;
using Role = IndexOption::Role;

TEST_CASE("setup.py: lists that are written out are read") {
    const std::string text = "#!/usr/bin/env python\n\"\"\"A \\d docstring.\"\"\"\nfrom __future__ import annotations\nimport os.path\nfrom setuptools import setup, find_packages\nimport pathlib\n\nhere = pathlib.Path(__file__).parent.resolve()\n"
                             "long_description = (here / \"README.md\").read_text(encoding=\"utf-8\")\nwith open('LICENSE') as f:\n    licence = f.read()\n\nREQUIRES = [\n    'requests>=2.0,<3',  # why\n    \"numpy==1.\" \"26.0\",\n]\n\n"
                             "if __name__ == '__main__':\n    setup(\n        name='x',\n        version=\"1.0\",\n        packages=find_packages(where=\"src\"),\n        package_dir={'': 'src'},\n        long_description=long_description,\n        install_requires=REQUIRES,\n"
                             "        setup_requires=('setuptools_scm',),\n        tests_require='pytest\\ncoverage',\n        extras_require={'gpu': ['torch; python_version < \"3.12\"'], \"dev\": []},\n        dependency_links=['https://links.example/x'],\n        zip_safe=False,\n    )\n";
    const Parsed parsed("setup.py", text);
    CHECK(parsed.understood);
    CHECK(parsed.facts.opaques.empty());
    CHECK(parsed.names() == Names{"pkg:pypi/requests", "pkg:pypi/numpy@1.26.0", "pkg:pypi/setuptools-scm", "pkg:pypi/pytest", "pkg:pypi/coverage", "pkg:pypi/torch"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].range == ">=2.0,<3");
    CHECK(all[0].where.line == 14U);
    CHECK(all[1].pinned);
    CHECK(all[2].markers == "build");
    CHECK(all[3].markers == "test");
    CHECK(all[5].markers == "python_version < \"3.12\"; extra gpu");
    REQUIRE(parsed.facts.index_options.size() == 1);
    CHECK(parsed.facts.index_options[0].role == Role::find_links);
    CHECK(intake::every_prefix("setup.py", text));
}

TEST_CASE("setup.py: whatever else it does, it is not understood") {
    const std::string start = "from setuptools import setup\n";
    for (const char* bad : {"", "import requests\nsetup()\n", "os.system('x')\nsetup()\n", "setup(**kwargs)\n", "setup(install_requires=read('r.txt'))\n", "setup(install_requires=['a'] + more)\n", "setup(install_requires=['a', name])\n",
                            "setup(install_requires=[f'a{x}'])\n", "REQ = ['a']\nREQ = ['b']\nsetup(install_requires=REQ)\n", "setup(cmdclass={'install': Evil})\n", "setup(name=evil())\n", "setup(); evil()\n", "x = [evil()]\nsetup()\n",
                            "import os as dirname\nsetup()\n", "from os import system as join\nx = join('y')\nsetup()\n", "f'{evil()}'\nsetup()\n", "def setup(x):\n    pass\n", "x = open('f', 'w')\nsetup()\n", "y = open\nsetup()\n",
                            "class A: pass\nsetup()\n", "for x in y: pass\nsetup()\n", "setup(install_requires=['a'\n", "setup(name='x\n", "setup(install_requires=['a'])\n)\n", "setup('a')\n", "with open('x') as f:\n    exec(f.read())\nsetup()\n",
                            "setup(extras_require=dict(a=['b']))\n", "setup(dependency_links=links)\n", "setup(install_requires=['not a requirement!'])\n", "from evil import *\nsetup()\n", "import os; os.system('x')\nsetup()\n"}) {
        CAPTURE(bad);
        const Parsed parsed("setup.py", start + bad);
        CHECK_FALSE(parsed.understood);
        CHECK(parsed.oracle());
    }
    for (const char* good : {"setup()\n", "setup(\n)", "import setuptools\nsetuptools.setup(name='x', install_requires=[\n'a'])", "from distutils.core import setup\nsetup(classifiers=['x', 'y'])\n", "pass\nsetup(use_scm_version=True)\n", "# only\n\nsetup(name = r'a\\b')\n"}) {
        CAPTURE(good);
        CHECK(Parsed("setup.py", start + good).understood);
    }
    // What can be read is read, whatever the rest is.
    CHECK(Parsed("setup.py", "import evil\ndef main():\n    setup(install_requires=['a', 'b'])\nmain()\n").names() == Names{"pkg:pypi/a", "pkg:pypi/b"});
    CHECK(Parsed("setup.py", "app.setup(install_requires=['a'])\n").names().empty());
}

TEST_CASE("python literals: tokens, texts, nesting") {
    using namespace intake::literals;
    const auto value_of = [](std::string_view text) {
        std::vector<Token> tokens;
        CHECK(tokenize(text, tokens));
        std::size_t at = 0;
        return read_value(tokens, at);
    };
    CHECK(value_of("'a' \"b\"\n").text == "ab");
    CHECK(value_of("r'a\\n'").text == "a\\n");
    CHECK(value_of("'''a\nb'''").text == "a\nb");
    CHECK(value_of("'a\\\nb'").text == "ab");
    CHECK(value_of("('a')").kind == Value::Kind::text);
    CHECK(value_of("('a',)").kind == Value::Kind::list);
    CHECK(value_of("{'a': ['b', ('c', 'd')]}").entries.at(0).second.items.at(1).items.size() == 2);
    for (const char* other : {"x", "'a'.b", "['a'][0]", "b'a'", "'\\x41'", "{'a'}", "{**x}", "'a' if x else 'b'", "[[[[[[[[['a']]]]]]]]]", "[x for x in y]"}) {
        CAPTURE(other);
        CHECK_FALSE(is_literal(value_of(other)));
    }
    std::vector<Token> tokens;
    for (const char* broken : {"'a", "'''a", "(", "(]", ")", "'a\\"}) CHECK_FALSE(tokenize(broken, tokens));
    std::vector<Token> lines;
    REQUIRE(tokenize("a = (\n1)\n\n  # c\n  b\\\n c\n", lines));
    CHECK(std::count_if(lines.begin(), lines.end(), [](const Token& token) { return token.kind == Token::Kind::newline; }) == 2);
    CHECK(lines.back().line == 6U);
    std::vector<Token> apart;
    REQUIRE(tokenize("# c\n'a'\nb\n", apart));
    CHECK(apart.size() == 4);
    CHECK(apart[1].kind == Token::Kind::newline);
}

TEST_CASE("setup.cfg: lists, extras, files, links") {
    const std::string text = "[metadata]\nname = x\n[options]\npackages = find:\ninstall_requires =\n    requests>=2\n    numpy==1.26.0 ; python_version < \"3.12\"\n\n    # comment\n    torch # why\nsetup-requires = setuptools>=61; wheel\ntests_require = file: tests.txt, more.txt\n"
                             "dependency_links =\n    https://links.example/a\n[options.extras_require]\ngpu =\n    cupy\n[easy_install]\nindex_url = https://login:secret@index.example/simple\n[flake8]\nmax-line-length = 100\n";
    const Parsed parsed("setup.cfg", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/requests", "pkg:pypi/numpy@1.26.0", "pkg:pypi/torch", "pkg:pypi/setuptools", "pkg:pypi/wheel", "pkg:pypi/cupy"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].where.line == 6U);
    CHECK(all[0].range == ">=2");
    CHECK(all[1].markers == "python_version < \"3.12\"");
    CHECK(all[2].where.line == 10U);
    CHECK(all[3].markers == "build");
    CHECK(all[5].markers == "extra gpu");
    REQUIRE(parsed.facts.includes.size() == 2);
    CHECK(parsed.facts.includes[1].path == "more.txt");
    REQUIRE(parsed.facts.index_options.size() == 2);
    CHECK(parsed.facts.index_options[0].role == Role::find_links);
    CHECK(parsed.facts.index_options[0].where.line == 14U);
    CHECK(parsed.facts.index_options[1].url == "https://index.example/simple");
    CHECK(intake::every_prefix("setup.cfg", text));
    for (const char* bad : {"[options]\ninstall_requires = a b\n", "[options]\njust words\n", "[options]\ninstall_requires =\n  -r x.txt!\n", "\xff"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("setup.cfg", bad).understood);
    }
    CHECK(Parsed("setup.cfg", "").understood);
}
