// Templates in the style of published ones pass; each trick is refused, its benign twin is not.
#include "formats/chat_template.hpp"

#include <catch2/catch.hpp>

#include "unit/formats/examined.hpp"

using namespace headgate;

namespace {

std::vector<formats::TemplateProblem> check(std::string_view text) {
    const Limits limits;
    Budget budget(limits);
    return formats::check_template(text, budget);
}
std::string ids(std::string_view text) {
    std::string all;
    for (const auto& problem : check(text))
        all += problem.id + "@" + std::to_string(problem.offset) + " " + problem.message + "\n";
    return all;
}
bool refused(std::string_view text, std::string_view id) {
    for (const auto& problem : check(text)) {
        if (problem.id == id) return true;
    }
    UNSCOPED_INFO(text << " -> " << ids(text));
    return false;
}

constexpr std::string_view kBenign[] = {
    // ChatML
    R"({% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %})",
    // Llama 3 with tools
    R"({{- bos_token }}
{%- if custom_tools is defined %}{%- set tools = custom_tools %}{%- endif %}
{%- if not tools_in_user_message is defined %}{%- set tools_in_user_message = true %}{%- endif %}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}{%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}{%- set date_string = "26 Jul 2024" %}{%- endif %}
{%- endif %}
{%- if not tools is defined %}{%- set tools = none %}{%- endif %}
{#- the system message -#}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}{%- set messages = messages[1:] %}
{%- else %}{%- set system_message = "" %}{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\n\n" }}
{%- if builtin_tools is defined %}{{- "Tools: " + builtin_tools | reject('equalto', 'code_interpreter') | join(", ") + "\n\n"}}{%- endif %}
{%- if tools is not none and not tools_in_user_message %}
    {%- for t in tools %}{{- t | tojson(indent=4) }}{{- "\n\n" }}{%- endfor %}
{%- endif %}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}{{- raise_exception("This model only supports single tool-calls at once!") }}{%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {%- if builtin_tools is defined and tool_call.name in builtin_tools %}
            {%- for arg_name, arg_val in tool_call.arguments | items %}
                {{- arg_name + '="' + arg_val + '"' }}{%- if not loop.last %}{{- ", " }}{%- endif %}
            {%- endfor %}
        {%- endif %}
    {%- endif %}
{%- endfor %})",
    // Mistral with tools
    R"({%- if messages[0]["role"] == "system" %}{%- set system_message = messages[0]["content"] %}{%- set loop_messages = messages[1:] %}
{%- else %}{%- set loop_messages = messages %}{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace() %}{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or message.role == "tool_results" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}{{- raise_exception("roles must alternate") }}{%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if tools is not none and (message == user_messages[-1]) %}
            {{- "[AVAILABLE_TOOLS] [" }}
            {%- for tool in tools %}{%- set tool = tool.function %}{{- '{"type": "function", "function": {' }}
                {%- for key, val in tool.items() if key != "return" %}
                    {%- if val is string %}{{- '"' + key + '": "' + val + '"' }}{%- else %}{{- '"' + key + '": ' + val|tojson }}{%- endif %}
                    {%- if not loop.last %}{{- ", " }}{%- endif %}
                {%- endfor %}{{- "}}" }}
            {%- endfor %}
        {%- endif %}
        {%- if loop.last and system_message is defined %}{{- "[INST] " + system_message + "\n\n" + message["content"] + "[/INST]" }}{%- endif %}
    {%- elif message.tool_calls is defined %}
        {%- for tool_call in message.tool_calls %}{%- set out = tool_call.function|tojson %}{{- out[:-1] }}
            {%- if not tool_call.id is defined or tool_call.id|length != 9 %}{{- raise_exception("length 9!") }}{%- endif %}
            {{- ', "id": "' + tool_call.id + '"}' }}
        {%- endfor %}
    {%- endif %}
{%- endfor %})",
    // Qwen with tools and thinking
    R"({%- if tools %}{{- '<|im_start|>system\n' }}{%- for tool in tools %}{{- "\n" }}{{- tool | tojson }}{%- endfor %}{%- endif %}
{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}{%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}{%- set content = message.content %}{%- else %}{%- set content = '' %}{%- endif %}
    {%- if message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if '</think>' in content %}
            {%- set reasoning_content = content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}{{- '<|im_start|>' + message.role + '\n<think>\n' + reasoning_content.strip('\n') + '\n</think>\n\n' + content.lstrip('\n') }}{%- endif %}
    {%- elif message.role == "tool" %}
        {%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}{{- '<|im_start|>user' }}{%- endif %}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}{{- '<|im_end|>\n' }}{%- endif %}
    {%- endif %}
{%- endfor %}
{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}{%- endif %})",
    // Gemma
    R"({{ bos_token }}{%- if messages[0]['role'] == 'system' -%}{%- if messages[0]['content'] is string -%}{%- set first_user_prefix = messages[0]['content'] + '

' -%}{%- else -%}{%- set first_user_prefix = messages[0]['content'][0]['text'] + '\n\n' -%}{%- endif -%}{%- set loop_messages = messages[1:] -%}{%- else -%}{%- set first_user_prefix = "" -%}{%- set loop_messages = messages -%}{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}{{ raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") }}{%- endif -%}
    {%- if (message['role'] == 'assistant') -%}{%- set role = "model" -%}{%- else -%}{%- set role = message['role'] -%}{%- endif -%}
    {{ '<start_of_turn>' + role + '\n' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is iterable and message['content'] is not string -%}{%- for item in message['content'] -%}{%- if item['type'] == 'image' -%}{{ '<start_of_image>' }}{%- elif item['type'] == 'text' -%}{{ item['text'] | trim }}{%- endif -%}{%- endfor -%}
    {%- else -%}{{ raise_exception("Invalid content type") }}{%- endif -%}
{%- endfor -%})",
    // DeepSeek
    "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{% set ns = "
    "namespace(is_first=false, is_tool=false, is_output_first=true, system_prompt='') %}"
    "{%- for message in messages %}{%- if message['role'] == 'system' %}{% set ns.system_prompt = message['content'] "
    "%}{%- endif %}{%- endfor %}{{bos_token}}{{ns.system_prompt}}"
    "{%- for message in messages %}{%- if message['role'] == 'assistant' and message['content'] is none %}{%- set "
    "ns.is_tool = false -%}{%- for tool in message['tool_calls']%}{%- if not ns.is_first %}"
    "{{'<\xef\xbd\x9c"
    "Assistant\xef\xbd\x9c><\xef\xbd\x9ctool\xe2\x96\x81"
    "calls\xe2\x96\x81"
    "begin\xef\xbd\x9c>' + tool['type'] + '\\n' + '```json' + '\\n' + tool['function']['arguments'] + '\\n' + "
    "'```'}}{%- set ns.is_first = true -%}{%- endif %}{%- endfor %}{%- endif %}"
    "{%- if message['role'] == 'assistant' and message['content'] is not none %}{% set content = message['content'] "
    "%}{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{content}}{%- endif "
    "%}{%- endfor -%}",
    // Phi
    R"({% for message in messages %}{% if message['role'] == 'system' and 'tools' in message and message['tools'] is not none %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|tool|>' + message['tools'] + '<|/tool|>' + '<|end|>' }}{% else %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else %}{{ eos_token }}{% endif %})",
    // Zephyr
    "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] + "
    "eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\n' + message['content'] + eos_token }}\n{% "
    "endif %}\n{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}",
    // Macros over a JSON schema, as tool-calling fine-tunes have them
    R"({%- macro json_to_python_type(json_spec) %}
{%- set basic_type_map = {"string": "str", "number": "float", "integer": "int", "boolean": "bool"} %}
{%- if basic_type_map[json_spec.type] is defined %}{{- basic_type_map[json_spec.type] }}
{%- elif json_spec.type == "array" %}{{- "list[" + json_to_python_type(json_spec|items) + "]"}}
{%- elif json_spec.type == "object" %}{{- "dict[str, " + json_to_python_type(json_spec.additionalProperties) + ']'}}
{%- elif json_spec.type is iterable %}{{- "Union[" }}{%- for t in json_spec.type %}{{- json_to_python_type({"type": t}) }}{%- if not loop.last %}{{- "," }}{%- endif %}{%- endfor %}{{- "]" }}
{%- else %}{{- "Any" }}{%- endif %}{%- endmacro %}
{%- for tool in tools %}{%- for param_name, param_fields in tool.parameters.properties|items %}{{- param_name + ": " + json_to_python_type(param_fields) }}{%- endfor %}{%- endfor %})",
    // Training: generation blocks, loop controls, filters with keywords, set blocks
    R"({% for m in messages %}{% if m.role == 'skip' %}{% continue %}{% endif %}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% endgeneration %}{% else %}{% set body %}[{{ m.content | default('', true) }}]{% endset %}{{ body }}{% endif %}{% endfor %}{{ messages | map(attribute='role') | unique | join(', ') }}{{ 'yes' if tools else 'no' }}{% raw %}{{ untouched.__class__ }}{% endraw %})",
};

}  // namespace

TEST_CASE("templates in the style of published models pass with nothing to say") {
    for (const std::string_view text : kBenign) {
        INFO(text);
        CHECK(ids(text) == "");
    }
}

TEST_CASE("private attributes are refused however they are spelled") {
    for (const std::string_view text : {
             R"({{ ''.__class__.__base__.__subclasses__() }})",
             R"({{ messages['__class__'] }})",
             R"({{ messages["\x5f\x5fclass\x5f\x5f"] }})",
             R"({{ messages["\137_class__"] }})",
             R"({{ messages['__cla' 'ss__'] }})",
             R"({{ messages['__cla' ~ 'ss__'] }})",
             R"({{ messages['__cla' + 'ss__'] }})",
             R"({% set n = '__glo' ~ 'bals__' %}{{ messages[n] }})",
             R"({{ messages|map(attribute='__class__')|list }})",
             R"({{ '{0.__class__}'.format(messages) }})",
             R"({{ dict(__class__=1) }})",
             R"({% for x in [].__class__.mro() %}{% endfor %})",
             R"({{ messages.gi_frame.f_globals }})",
             R"({{ messages|selectattr('__class__') }})",
         }) {
        CHECK(refused(text, "template.private-access"));
    }
    CHECK(
        ids(R"({{ messages['class'] }}{{ messages|map(attribute='role')|list }}{{ message['_id'] }}{{ dict(a=1) }})") ==
        "");
}

TEST_CASE("names that the template puts together are refused") {
    for (const std::string_view text : {
             R"({% set u = bos_token[7] %}{{ x[u ~ u ~ 'class' ~ u ~ u] }})",
             R"({{ x[['_','_','class','_','_']|join] }})",
             R"({{ x['%s%s' % (a, b)] }})",
             R"({{ x['%c%cclass'|format(95, 95)] }})",
             R"({{ x['__ssalc__'|reverse] }})",
             R"({{ x['--class--'|replace('-', a)] }})",
             R"({{ x['ssalc'[::-1]] }})",
             R"({% set ns = namespace(k='') %}{% set ns.k = a ~ b %}{{ x[ns.k] }})",
             R"({% macro f(k) %}{{ x[k] }}{% endmacro %}{{ f(a ~ b) }})",
             R"({% set d = {'k': a ~ b} %}{{ x[d['k']] }})",
             R"({% set l = [] %}{{ l.append(a ~ b) }}{{ x[l[0]] }})",
             R"({% set b %}{{ a }}class{% endset %}{{ x[b] }})",
             R"({% macro f() %}{{ x[varargs[0]] }}{% endmacro %}{{ f(a ~ b) }})",
             R"({{ (a ~ b).format(x) }})",
             R"({% for c in [a ~ b] %}{{ x[c] }}{% endfor %})",
         }) {
        CHECK(refused(text, "template.dynamic-access"));
    }
    CHECK(
        ids(R"({% macro f(k) %}{{ x[k] }}{% endmacro %}{{ f('role') }}{% set n = 'ro' ~ 'le' %}{{ x[n] }}{{ x[loop.index0 + 1] }}{{ x[i] }}{{ 'a{}b'.format(x) }})") ==
        "");
}

TEST_CASE("filters, statements, roots and calls that leave the template are refused") {
    CHECK(refused(R"({{ messages|attr('role') }})", "template.attribute-filter"));
    CHECK(refused(R"({{ messages|map('attr', 'role') }})", "template.attribute-filter"));
    CHECK(refused(R"({{ messages|map(f) }})", "template.attribute-filter"));
    CHECK(refused(R"({% filter attr('x') %}a{% endfilter %})", "template.attribute-filter"));
    for (const std::string_view text :
         {R"({% import 'x' as y %})", R"({% from 'x' import y %})", R"({% include 'x' %})", R"({%- extends 'x' -%})"}) {
        CHECK(refused(text, "template.import-statement"));
    }
    for (const std::string_view text : {"{{ self }}", "{{ lipsum() }}", "{{ cycler.next }}", "{{ joiner|string }}",
                                        "{{ namespace|string }}", "{{ request.args }}", "{{ config.items() }}",
                                        "{% set r = range %}{{ r }}", "{{ os.environ }}", "{{ eval('1') }}"}) {
        CHECK(refused(text, "template.root-object"));
    }
    CHECK(refused("{{ x.popen('echo headgate') }}", "template.dangerous-call"));
    CHECK(refused("{% for i in range(1000000000) %}{% endfor %}", "template.unbounded-loop"));
    CHECK(ids("{% for config in tools %}{{ config.name }}{% endfor %}{% for i in range(10) %}{{ i }}{% endfor %}{{ "
              "x.system }}{{ messages|map('trim')|list }}"
              "{% if strftime_now is defined %}{{ strftime_now('%Y') }}{% endif %}{% set c = cycler('a', 'b') %}{{ "
              "c.next() }}") == "");
}

TEST_CASE("what does not parse is refused, and says where") {
    for (const std::string_view text :
         {"{{ a", "{% if a %}", "{{ a b }}", "{% endfor %}", "{% frobnicate %}", "{{ 'a }}", "{{ (a] }}", "{{ a | }}",
          "{% for in x %}{% endfor %}", "{# a", "{{ a ? b }}", "{{ x[] }}", "{% break %}", "{% raw %}{{ a }}"}) {
        CHECK(refused(text, "template.malformed"));
    }
    const auto problems = check("abc {{ a b }}");
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].offset == 9);
    CHECK(refused(std::string(200'000, '(').insert(0, "{{ "), "template.unscannable"));
    CHECK(refused(std::string((1U << 20U) + 1, 'a'), "template.unscannable"));
    std::string blocks;
    for (int i = 0; i < 1000; ++i) blocks += "{% if a %}";
    CHECK(refused(blocks, "template.unscannable"));
    CHECK(ids("") == "");
    CHECK(ids("plain { text } 100% #1") == "");
}

TEST_CASE("every prefix of a template parses, or is refused with a problem") {
    for (const std::string_view text : kBenign) {
        for (std::size_t length = 0; length <= text.size(); length += text.size() > 1500 ? 7U : 1U) {
            for (const auto& problem : check(text.substr(0, length))) {
                if (problem.id.empty() || problem.offset > length) FAIL(text.substr(0, length));
            }
        }
    }
    SUCCEED();
}

TEST_CASE("a .jinja file is a template") {
    const auto good = tests::examine("{{ messages[0].role }}", "chat_template.jinja");
    CHECK(good.whole());
    CHECK(good.is("jinja"));
    CHECK(good.ids() == "");
    CHECK(tests::examine("{{ x.__class__ }}", "chat_template.jinja").has("template.private-access"));
}

TEST_CASE("numbers and strings larger than memory are refused, those of templates are not") {
    for (const std::string_view text :
         {"{{ 9**9**9**9 }}", "{{ 2 ** 99999999999 }}", "{{ 10 ** 3000 }}", "{{ 'a' * 99999999999 }}", "{{ 99999999999 * 'a' }}",
          "{{ content * 99999999999 }}", "{{ [0] * 99999999999 }}", "{{ 'a' * 9999 * 9999 }}", "{% set n = 99999999999 %}{{ 'a' * n }}",
          "{% set n = 9999 * 9999 * 9999 %}{{ 'a' * n }}", "{{ 'a' * ('99999999999'|int) }}", "{{ 'a' * (1e12|int) }}",
          "{{ 'a' * 0xffffffffff }}", "{{ 'a'.ljust(99999999999) }}", "{{ content.rjust(99_999_999_999) }}", "{{ 'a'.center(99999999999) }}",
          "{{ '1'.zfill(99999999999) }}", "{{ 'a'|center(99999999999) }}", "{{ 'aaa'|wordwrap(1, wrapstring='x' * 999999999) }}",
          "{{ 'a'|indent(99999999999) }}", "{{ x|tojson(indent=99999999999) }}", "{{ x|batch(99999999999, ' ')|list }}",
          "{{ '%99999999999d' % 1 }}", "{{ '%*d' % (99999999999, 1) }}", "{{ '%099999999999d'|format(1) }}",
          "{% set n = 99999999999 %}{% for i in range(n) %}{% endfor %}",
          "{% set ns = namespace(x=3) %}{% for m in messages %}{% set ns.x = ns.x ** 2 %}{% endfor %}",
          "{% set ns = namespace(x=3) %}{% for m in messages %}{% set ns.x = ns.x * ns.x %}{% endfor %}"}) {
        INFO(text);
        CHECK(refused(text, "template.unbounded-loop"));
    }
    for (const std::string_view text :
         {"{{ 2 ** 10 }}", "{{ n ** 2 }}", "{{ '-' * 80 }}", "{{ '  ' * depth }}", "{{ 'a'.ljust(20) }}", "{{ time * 1000 }}",
          "{{ 86400 * 1000000000 }}", "{{ '%5.2f' % x }}", "{{ '100% of 99999999999 tokens' % x }}", "{{ x|tojson(indent=4) }}",
          "{{ x|round(2) }}", "{{ content|indent(width=4) }}", "{% if created > 99999999999 %}{% endif %}",
          "{% set ns = namespace(i=0) %}{% for m in messages %}{% set ns.i = ns.i + 1 %}{{ ' ' * ns.i }}{% endfor %}"}) {
        INFO(text);
        CHECK(ids(text) == "");
    }
}
