// completion_bash.cpp: the script for bash 4.4 and later. It needs no bash-completion package.
#include <algorithm>

#include "cli/completion.hpp"

namespace headgate::cli {
namespace {

constexpr std::string_view kHead = R"(# Completion of headgate for bash. Made by: headgate completion bash

)";

// Bash cuts words at ':' and '=', so the line is cut anew here; what lies before the last of them is not to be repeated.
constexpr std::string_view kTail = R"SH(
# Offers what the value $1 may be for the text $2, after the prefix $3.
_headgate_offer() {
    local words files folders after_equals text=$2 prefix=$3 found
    local -a all=() paths=()
    _headgate_value "$1"
    if [[ -n $after_equals && $text == *=* ]]; then
        prefix+=${text%%=*}= text=${text#*=} words='' files=1
    fi
    [[ -n $words ]] && mapfile -t all < <(compgen -W "$words" -- "$text")
    [[ -n $files ]] && mapfile -t paths < <(compgen -f -- "$text")
    [[ -n $folders ]] && mapfile -t paths < <(compgen -d -- "$text")
    if [[ ${#paths[@]} -gt 0 ]]; then
        compopt -o filenames
    elif [[ ${#all[@]} -eq 1 && ${all[0]} == *[:=] ]]; then
        compopt -o nospace
    fi
    for found in "${all[@]}" "${paths[@]}"; do
        found=$prefix$found
        COMPREPLY+=("${found:cut}")
    done
}

_headgate() {
    local line=${COMP_LINE:0:COMP_POINT} word='' quote='' started='' char i cut=0
    local -a typed=()
    COMPREPLY=()
    for ((i = 0; i < ${#line}; i++)); do
        char=${line:i:1}
        if [[ $quote == "'" && $char != "'" ]]; then
            word+=$char
        elif [[ $char == \\ ]]; then
            started=1 word+=${line:++i:1}
        elif [[ -n $quote && $char != "$quote" ]]; then
            word+=$char
        elif [[ -n $quote ]]; then
            quote=''
        elif [[ $char == [\'\"] ]]; then
            started=1 quote=$char
        elif [[ $char == [[:blank:]] ]]; then
            [[ -n $started ]] && typed+=("$word")
            started='' word='' cut=0
        else
            started=1 word+=$char
            [[ $char == [:=] && $COMP_WORDBREAKS == *"$char"* ]] && cut=${#word}
        fi
    done

    local path='' want='' dashes='' at=0 before commands options valued
    local -a positional
    _headgate_node ''
    for before in "${typed[@]:1}"; do
        if [[ -n $want ]]; then
            want=''
        elif [[ -n $dashes || $before != -?* ]]; then
            if [[ -z $dashes && " $commands " == *" $before "* ]]; then
                path+=${path:+ }$before
                _headgate_node "$path"
            else
                at=$((at + 1))
            fi
        elif [[ $before == -- ]]; then
            dashes=1
        elif [[ $before != *=* && $valued == *" $before="* ]]; then
            want=$before
        fi
    done

    local value
    if [[ -n $want ]]; then
        value=${valued#*" $want="}
        _headgate_offer "${value%% *}" "$word" ''
    elif [[ -z $dashes && $word == --*=* ]]; then
        want=${word%%=*}
        [[ $valued == *" $want="* ]] || return 0
        value=${valued#*" $want="}
        _headgate_offer "${value%% *}" "${word#*=}" "$want="
    elif [[ -z $dashes && $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    elif [[ -n $commands ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
    else
        # The last positional may repeat; its value then ends in '+'.
        if ((at >= ${#positional[@]})); then
            [[ ${#positional[@]} -gt 0 && ${positional[-1]} == *+ ]] || return 0
            at=$((${#positional[@]} - 1))
        fi
        _headgate_offer "${positional[at]%+}" "$word" ''
    fi
}
complete -F _headgate headgate
)SH";

std::size_t number_of(const CompletionValue& value, std::vector<CompletionValue>& values) {
    const auto known = std::find(values.begin(), values.end(), value);
    if (known != values.end()) return static_cast<std::size_t>(known - values.begin());
    values.push_back(value);
    return values.size() - 1;
}

std::string node_row(const CompletionNode& node, std::vector<CompletionValue>& values) {
    std::vector<std::string> commands;
    std::vector<std::string> options;
    std::string valued = " ";
    std::vector<std::string> positional;
    commands.reserve(node.children.size());
    positional.reserve(node.positionals.size());
    for (const CompletionNode& child : node.children) commands.push_back(child.path.back());
    for (const CompletionOption& option : node.options) {
        for (const std::string& name : option.names) {
            if (name.starts_with("--")) options.push_back(name);
            if (option.takes_value) valued += name + "=" + std::to_string(number_of(option.value, values)) + " ";
        }
    }
    for (const CompletionPositional& one : node.positionals) {
        positional.push_back(std::to_string(number_of(one.value, values)) + (one.many ? "+" : ""));
    }
    return "        " + shell_quoted(joined(node.path)) + ")\n            commands=" + shell_quoted(joined(commands)) +
           "\n            options=" + shell_quoted(joined(options)) + "\n            valued=" + shell_quoted(valued) +
           "\n            positional=(" + joined(positional) + ") ;;\n";
}

std::string value_row(std::size_t number, const CompletionValue& value) {
    std::string row = "        " + std::to_string(number) + ") words=" + shell_quoted(joined(value.words));
    if (value.files) row += " files=1";
    if (value.folders && !value.files) row += " folders=1";
    if (value.file_after_equals) row += " after_equals=1";
    return row + " ;;\n";
}

}  // namespace

std::string bash_completion(const CompletionNode& program) {
    std::vector<CompletionValue> values;
    std::string script(kHead);
    script +=
        "# What may follow the command path $1. `valued` holds \"--option=VALUE\", `positional` VALUEs by place.\n"
        "_headgate_node() {\n    commands='' options='' valued='' positional=()\n    case $1 in\n";
    for (const CompletionNode* node : all_nodes(program)) script += node_row(*node, values);
    script +=
        "    esac\n}\n\n# What the value $1 may be.\n"
        "_headgate_value() {\n    words='' files='' folders='' after_equals=''\n    case $1 in\n";
    for (std::size_t i = 0; i < values.size(); ++i) script += value_row(i, values[i]);
    script += "    esac\n}\n";
    script += kTail;
    return script;
}

}  // namespace headgate::cli
