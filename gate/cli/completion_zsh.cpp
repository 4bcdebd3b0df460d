// completion_zsh.cpp: the script for zsh (compsys, `_arguments`).
#include <algorithm>

#include "cli/completion.hpp"

namespace headgate::cli {
namespace {

// Inside "[...]" and "...:message:...", zsh reads '[', ']', ':' and '\' itself.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string function_of(const CompletionNode& node) {
    return "_headgate" + (node.path.empty() ? std::string() : "_" + joined(node.path, "_"));
}

class Script {
  public:
    std::string make(const CompletionNode& program) {
        std::string functions;
        for (const CompletionNode* node : all_nodes(program)) functions += function(*node);
        std::string script = "#compdef headgate\n# Completion of headgate for zsh. Made by: headgate completion zsh\n\n";
        for (std::size_t i = 0; i < values_.size(); ++i) script += value_function(i);
        script += functions;
        script +=
            "# As a file of $fpath this text is the function's body; sourced, it only defines it.\n"
            "if [[ ${funcstack[1]} == _headgate ]]; then\n    _headgate \"$@\"\nelse\n    compdef _headgate headgate\nfi\n";
        return script;
    }

  private:
    std::string action(const CompletionValue& value) {
        if (value == CompletionValue{}) return " ";
        auto known = std::find(values_.begin(), values_.end(), value);
        if (known == values_.end()) known = values_.insert(values_.end(), value);
        return "_headgate_value_" + std::to_string(known - values_.begin());
    }

    std::string value_function(std::size_t number) const {
        const CompletionValue& value = values_[number];
        std::string body;
        if (value.file_after_equals) body += "    if compset -P '*='; then _files; return; fi\n";
        body += "    local result=1\n";
        std::vector<std::string> whole;
        std::vector<std::string> open;   // "hf:" goes on without a space
        for (const std::string& word : value.words) {
            (word.ends_with(':') || word.ends_with('=') ? open : whole).push_back(shell_quoted(word));
        }
        if (!whole.empty()) body += "    compadd -- " + joined(whole) + " && result=0\n";
        if (!open.empty()) body += "    compadd -S '' -- " + joined(open) + " && result=0\n";
        if (value.files) body += "    _files && result=0\n";
        if (value.folders && !value.files) body += "    _files -/ && result=0\n";
        return "_headgate_value_" + std::to_string(number) + "() {\n" + body + "    return result\n}\n\n";
    }

    std::string option_spec(const CompletionOption& option) {
        std::string specs;
        std::string together = joined(option.names);
        for (const std::string& name : option.names) {
            const bool is_long = name.starts_with("--");
            std::string spec = option.repeatable ? "*" : "(" + together + ")";
            spec += name + (option.takes_value ? (is_long ? "=" : "+") : "") + "[" + escaped(option.help) + "]";
            if (option.takes_value) spec += ":value:" + action(option.value);
            specs += " \\\n        " + shell_quoted(spec);
        }
        return specs;
    }

    std::string function(const CompletionNode& node) {
        std::string text = function_of(node) + "() {\n    local context state state_descr line\n    typeset -A opt_args\n    _arguments -S";
        if (!node.children.empty()) text += " -C";
        for (const CompletionOption& option : node.options) text += option_spec(option);
        for (const CompletionPositional& one : node.positionals) {
            text += " \\\n        " + shell_quoted((one.many ? "*:" : ":") + one.name + ":" + action(one.value));
        }
        if (node.children.empty()) return text + "\n}\n\n";
        text += " \\\n        ':command:->command' \\\n        '*::argument:->argument'\n    case $state in\n        command)\n            local -a commands=(";
        for (const CompletionNode& child : node.children) {
            text += "\n                " + shell_quoted(escaped(child.path.back()) + ":" + child.help);
        }
        text += "\n            )\n            _describe command commands ;;\n        argument)\n            case ${words[1]} in\n";
        for (const CompletionNode& child : node.children) {
            text += "                " + child.path.back() + ") " + function_of(child) + " ;;\n";
        }
        return text + "            esac ;;\n    esac\n}\n\n";
    }

    std::vector<CompletionValue> values_;
};

}  // namespace

std::string zsh_completion(const CompletionNode& program) { return Script().make(program); }

}  // namespace headgate::cli
