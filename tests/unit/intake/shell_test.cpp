// Commands of a shell script, and what they install.
#include <catch2/catch.hpp>

#include "intake/shell_installs.hpp"
#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using namespace headgate::intake;

namespace {

std::optional<std::string> lookup(std::string_view name) { return name == "V" ? std::optional<std::string>("2.31.0") : std::nullopt; }

/// Commands, each as its words in brackets; a computed word in <>, a pipe behind it as '|'.
std::string read(std::string_view text) {
    const auto commands = shell::read_commands(text, lookup);
    if (!commands) return "?";
    std::string shown;
    for (const shell::Command& command : *commands) {
        for (const shell::Word& word : command.words) shown += (word.computed ? "<" : "[") + word.text + (word.computed ? ">" : "]");
        shown += command.piped ? "|" : ";";
    }
    return shown;
}

Parsed run(const std::string& script) { return Parsed("Dockerfile", "FROM scratch\nRUN " + script + "\n"); }
std::vector<std::string> names(const std::string& script) { return run(script).names(); }

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("variables that are appended to, and parameters") {
    CHECK(read("A=a; A+=b; x $A") == "[A=a];[A+=b];[x][ab];");
    CHECK(read("A=a; true && A+=b; x $A") == "[A=a];[true];[A+=b];[x]<$A>;");
    CHECK(read("A=(a b); x $A") == "<A=>;[a][b];[x]<$A>;");
    CHECK(read("A[0]=a; x $A; V+=a; x $V") == "[A[0]=a];[x]<$A>;[V+=a];[x][2.31.0a];");
    CHECK(read("x $'\\x61\\142\\n\\'' $\"b\"") == "[x][ab\n'][b];");
    const auto with = [](std::string_view text) {
        shell::Surroundings around;
        for (const char* const word : {"sh", "a b", "c"}) around.parameters.emplace_back().text = word;
        const auto commands = shell::read_commands(text, lookup, {}, &around);
        if (!commands || commands->empty()) return std::string("?");
        std::string shown = around.lost ? "lost " : "";
        for (const shell::Word& word : commands->back().words) shown += (word.computed ? "<" : "[") + word.text + (word.computed ? ">" : "]");
        return shown;
    };
    CHECK(with("x \"$@\" $1 ${2} $3 \"$*\"") == "[x][a b][c][a][b][c][a b c]");
    CHECK(with("x -\"$@\"- $0 $#") == "[x][-a b][c-][sh]<>");
    CHECK(with("shift; x \"$@\"") == "[x][c]");
    CHECK(with("set -- d \"$@\"; x \"$@\"") == "[x][d][a b][c]");
    CHECK(with("true || set -- d; x \"$@\"") == "lost [x]<>");
    CHECK(with("f() { x; }; x \"$@\"") == "lost [x]<>");
    CHECK(read("x \"$@\"") == "[x]<>;");
}

TEST_CASE("words, quotes and separators of the shell") {
    CHECK(read("a b  c") == "[a][b][c];");
    CHECK(read("a 'b c' \"d e\" f\\ g") == "[a][b c][d e][f g];");
    CHECK(read("a && b || c; d & e\nf") == "[a];[b];[c];[d];[e];[f];");
    CHECK(read("a | b |& c") == "[a]|[b]|[c];");
    CHECK(read("if a; then b; fi; ! c") == "[a];[b];[c];");
    CHECK(read("(a; { b; })") == "[a];[b];");
    CHECK(read("a # b\nc#d") == "[a];[c#d];");
    CHECK(read("a >x 2>&1 <y >>z b") == "[a][b];");
    CHECK(read("a <<< 'x' b") == "[a][b];");
    CHECK(read("a$V \"$V\" '$V' ${V} ${X:-d}") == "[a2.31.0][2.31.0][$V][2.31.0][d];");
    CHECK(read("a $X \"${X}\" ${V%.0} $1 $((1+2))") == "[a]<$X><${X}><${V%.0}><><>;");
    CHECK(read("a \"$(b 'c)' \"d)\")\" `e`") == "[b][c)][d)];[e];[a]<><>;");
    CHECK(read("a <(b c)") == "[b][c];[a]<>;");
    CHECK(read("a 'b") == "?");
    CHECK(read("a \"b") == "?");
    CHECK(read("a $(b") == "?");
    CHECK(read("a ${b") == "?");
    CHECK(read("$($($($($($($($($($(a))))))))))") == "?");
}

TEST_CASE("what pip and its kin install") {
    CHECK(names("pip install requests==2.31.0 'urllib3>=2' \"rich[extra]\"") == Names{"pkg:pypi/requests@2.31.0", "pkg:pypi/urllib3", "pkg:pypi/rich"});
    CHECK(names("python3 -m pip install --no-cache-dir -r requirements.txt -c c.txt ruff") == Names{"pkg:pypi/ruff"});
    CHECK(names("/opt/venv/bin/pip3.12 install -U pip && pip list && pip uninstall x") == Names{"pkg:pypi/pip"});
    CHECK(names("uv pip install --system a b==1") == Names{"pkg:pypi/a", "pkg:pypi/b@1"});
    CHECK(names("uv tool install ruff@0.5.0; uvx black .; uv run --with httpx main.py; uv sync") == Names{"pkg:pypi/ruff@0.5.0", "pkg:pypi/black", "pkg:pypi/httpx"});
    CHECK(names("pipx run --spec 'cowsay==6.0' cowsay hi") == Names{"pkg:pypi/cowsay@6.0"});
    CHECK(names("pip install . ./lib dist/*.whl /tmp/x.tar.gz").empty());
    CHECK(names("echo pip install x; cat pip install").empty());
    CHECK(names("bash -c 'pip install x'") == Names{"pkg:pypi/x"});
    CHECK(names("bash -euo pipefail -c 'pip install x'") == Names{"pkg:pypi/x"});
    CHECK(run("cat names | xargs pip install").facts.requirements.front().dynamic);
    CHECK(Parsed("Dockerfile", "FROM scratch\nRUN [\"pip\", \"install\", \"x==1\"]\n").names() == Names{"pkg:pypi/x@1"});
    CHECK(Parsed("Dockerfile", "FROM scratch\nRUN <<EOF\nset -e\npip install x==1\nEOF\nRUN pip install y\n").names() == Names{"pkg:pypi/x@1", "pkg:pypi/y"});
    CHECK(Parsed("Dockerfile", "FROM scratch\nRUN cat <<EOF > f\npip install x==1\nEOF\n").names().empty());
    CHECK(Parsed("Dockerfile", "FROM scratch\nARG V=1.0\nENV W=2.0\nRUN pip install a==$V b==${W}\n").names() == Names{"pkg:pypi/a@1.0", "pkg:pypi/b@2.0"});
    const Parsed computed = run("pip install $PACKAGES");
    REQUIRE(computed.facts.requirements.size() == 1);
    CHECK(computed.facts.requirements.front().dynamic);
}

TEST_CASE("where pip looks, as the command says") {
    const Parsed extra = run("pip install --extra-index-url https://u:p@pypi.corp.example/simple acme-billing");
    REQUIRE(extra.facts.index_options.size() == 1);
    CHECK(extra.facts.index_options.front().role == IndexOption::Role::extra);
    CHECK(extra.facts.index_options.front().url == "https://pypi.corp.example/simple");
    const Parsed index = run("pip install -ihttps://pypi.corp.example/simple acme-billing --trusted-host x.example && pip install requests");
    REQUIRE(index.facts.requirements.size() == 2);
    CHECK(index.facts.requirements[0].url == "https://pypi.corp.example/simple");
    CHECK(index.facts.requirements[1].url.empty());
    CHECK(index.facts.index_options.size() == 2);
    CHECK_FALSE(run("pip install --index-url $INDEX x").understood);
    const Parsed variable = run("PIP_INDEX_URL=https://pypi.corp.example/simple pip install x");
    REQUIRE(variable.facts.index_options.size() == 1);
    CHECK(variable.facts.index_options.front().role == IndexOption::Role::primary);
    CHECK(Parsed("Dockerfile", "FROM scratch\nENV HF_ENDPOINT=https://hub.example GOPROXY https://x\n").facts.index_options.front().ecosystem == "hf");
    CHECK_FALSE(Parsed("Dockerfile", "FROM scratch\nENV PIP_INDEX_URL=$WHATEVER\n").understood);
    CHECK(Parsed("Dockerfile", "FROM scratch\nENV PATH=/x:$PATH\nARG PIP_INDEX_URL\n").understood);
}

TEST_CASE("what npm, cargo, go and gem install") {
    CHECK(names("npm install -g yarn@1.22.0 @s/x && npm ci && npm install") == Names{"pkg:npm/yarn@1.22.0", "pkg:npm/@s/x"});
    CHECK(names("npx -y cowsay@1.6.0 hi; pnpm dlx a; yarn global add b; bun add c@latest") == Names{"pkg:npm/cowsay@1.6.0", "pkg:npm/a", "pkg:npm/b", "pkg:npm/c"});
    CHECK(names("npm install ./own file:../x").empty());
    CHECK(run("npm i acme/a").facts.requirements.front().source == Requirement::Source::git);
    CHECK(run("npm i --registry=https://npm.corp.example x").facts.requirements.front().url == "https://npm.corp.example");
    CHECK(names("cargo install ripgrep@14.1.0 --locked && cargo install --version =1.2.3 x && cargo build") == Names{"pkg:cargo/ripgrep@14.1.0", "pkg:cargo/x@1.2.3"});
    CHECK(names("go install x.example/a/cmd/b@v1.2.3 && go install ./... && go build") == Names{"pkg:golang/x.example/a/cmd/b@v1.2.3"});
    CHECK(names("gem install bundler -v 2.5.0 rake:13.0") == Names{"pkg:gem/bundler@2.5.0", "pkg:gem/rake@13.0"});
}

TEST_CASE("what is fetched and run at once") {
    const Names wanted = {"https://get.example/i.sh"};
    for (const std::string script : {"curl -fsSL https://get.example/i.sh | sh", "curl -sSL https://get.example/i.sh | sudo -E bash -s -- -y", "wget -qO- https://get.example/i.sh | tee x | python3 -",
                                     "sh -c \"$(curl -fsSL https://get.example/i.sh)\"", "bash <(curl -s https://get.example/i.sh)", "eval \"$(wget -O - https://get.example/i.sh)\""}) {
        INFO(script);
        CHECK(names(script) == wanted);
        CHECK(run(script).facts.requirements.front().runs_install_script);
    }
    for (const std::string script : {"curl -fsSL https://get.example/key | gpg --dearmor -o /k", "curl -O https://get.example/x.tgz && tar xf x.tgz", "curl https://get.example/x | python3 -m json.tool",
                                     "curl https://get.example/x | sh -c 'cat'", "curl https://get.example/x | tar xz", "sh ./install.sh"}) {
        INFO(script);
        CHECK(names(script).empty());
    }
    CHECK(run("curl $URL | sh").facts.requirements.front().dynamic);
}

TEST_CASE("scripts that are not understood are said to be, and odd ones are nobody's fault") {
    CHECK(run("echo 'unfinished").understood);
    CHECK(run("pip install 'unfinished").facts.requirements.front().dynamic);
    CHECK(run("$(curl x.example/y)").understood);
    CHECK(every_prefix("Dockerfile", "FROM a\nRUN <<E\npip install 'x==1' $(y `z`) | sh\nE\nRUN npx -y a@1 \"b ${C:-d}\" | bash <(curl e.f/g)\nENV GOPROXY=$X\n"));
}
