// init_ci.cpp: the CI files that `headgate init --ci` writes. As in ci-templates/, a change is judged by the policy of the
// protected base, never by the one that it brings along.
#include "base/text.hpp"
#include "cli/init.hpp"
#include "cli/pre_commit_hooks.hpp"

namespace headgate::cli {
namespace {

std::string replaced(std::string text, std::string_view mark, const std::string& by) {
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size())) {
        text.replace(at, mark.size(), by);
    }
    return text;
}

constexpr std::string_view kGithub = R"(# Judges the repository before it is merged. Needs a headgate binary on the runner's PATH: bake it into the image, or add
# a step that installs it. Make the job a required check of the branch; whoever may edit this file may remove the gate.
name: headgate
on:
  pull_request:
  push: { branches: [main, master] }
permissions: { contents: read }
jobs:
  headgate:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683   # v4.2.2
        with: { fetch-depth: 0, persist-credentials: false }
      - name: Judge
        env: { BASE: "${{ github.event.pull_request.base.sha || github.sha }}" }
        run: |
          # The files of the base commit, apart from the checkout: the policy, and the keys that it names.
          base=$(mktemp -d)
          git archive --output="$base/base.tar" "$BASE" || exit 2
          tar -x -C "$base" -f "$base/base.tar" || exit 2
          [ -f "$base/@POLICY@" ] || { echo "the base $BASE has no @POLICY@ yet: merge it there first"; exit 2; }
          headgate check --policy "$base/@POLICY@" --output text --output sarif=headgate.sarif -- .
)";

constexpr std::string_view kGitlab = R"(# Judges the repository before it is merged. Needs an image with bash, git, tar and a headgate binary. Require the job; whoever
# may edit this file may remove the gate (a pipeline execution policy keeps it).
headgate:
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_REF_PROTECTED == "true"
  script:
    - |
      # The files at the tip of the target branch (of this commit on a protected one), apart from the checkout: the policy,
      # and the keys that it names.
      commit=$CI_COMMIT_SHA
      if [ -n "${CI_MERGE_REQUEST_TARGET_BRANCH_NAME:-}" ]; then
        git fetch --quiet --no-tags --depth=1 origin "refs/heads/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME" || exit 2
        commit=$(git rev-parse FETCH_HEAD) || exit 2
      fi
      base=$(mktemp -d) || exit 2
      git archive --output="$base/base.tar" "$commit" || exit 2
      tar -x -C "$base" -f "$base/base.tar" || exit 2
      [ -f "$base/@POLICY@" ] || { echo "the base $commit has no @POLICY@ yet: merge it there first"; exit 2; }
      headgate check --policy "$base/@POLICY@" --output text --output sarif=headgate.sarif -- .
  artifacts:
    when: always
    paths: [headgate.sarif]
)";

constexpr std::string_view kGitlabInclude = "include:\n  - local: .gitlab/headgate.yml\n";

constexpr std::string_view kPreCommit = R"(  - repo: local
    hooks:
      - id: headgate
        name: headgate
        entry: headgate check --policy @POLICY@ --
        language: system
        require_serial: true
        files: >-
@FILES@)";

// The pattern of .pre-commit-hooks.yaml, whose lines end that file, as deep as kPreCommit has it.
std::string hook_files() {
    const std::string_view hooks = kPreCommitHooks;
    const std::string_view begin = "  files: >-\n";
    std::string pattern;
    for (const std::string_view line : split_lines(hooks.substr(hooks.find(begin) + begin.size()))) {
        if (!line.empty()) pattern += std::string(6, ' ').append(line) + "\n";
    }
    return pattern;
}

}  // namespace

std::vector<CiFile> ci_files(const std::string& system, const std::string& policy_name) {
    const auto filled = [&](std::string_view text) { return replaced(std::string(text), "@POLICY@", policy_name); };
    if (system == "github") return {{".github/workflows/headgate.yml", filled(kGithub), false, ""}};
    if (system == "gitlab") {
        return {{".gitlab/headgate.yml", filled(kGitlab), false, ""},
                {".gitlab-ci.yml", std::string(kGitlabInclude), true, std::string(kGitlabInclude)}};
    }
    // A hook on a developer's machine is a convenience, not a gate: it takes the policy as it lies there.
    const std::string hook = replaced(filled(kPreCommit), "@FILES@", hook_files());
    return {{".pre-commit-config.yaml", "repos:\n" + hook, true, hook}};
}

}  // namespace headgate::cli
