#include <array>

#include "pipelines/base/code_pages.h"

namespace penstock {
namespace {

constexpr std::array kCodes = {
    CodeSpec{Code::file_unreadable, "file cannot be read",
             R"(A file of the project does not exist, may not be opened by this user, or is not text in UTF-8.

A project is a folder that holds `penstock.yaml` and, below `pipelines/`, any number of files that end in `.yaml` or `.yml`. The tool
looks for `penstock.yaml` in the folder that you name with `--project`, or else in the current folder and the folders above it.

A file in Latin-1 or UTF-16 is refused rather than guessed at: a guessed encoding changes the names of columns without a word. Save it as
UTF-8; a byte order mark at the start is accepted.)",
             R"(wrong:   penstock validate                # in a folder without penstock.yaml
right:   penstock init && penstock validate
right:   iconv -f latin1 -t utf-8 old.yaml > pipelines/new.yaml)"},
    CodeSpec{
        Code::yaml_syntax, "not valid YAML",
        R"(The text breaks YAML's own rules, so that its structure cannot be known. The rest of the file is not looked at until it is mended.

What it usually is:

- a tab in the indentation: YAML allows blanks only;
- a value with `: ` or ` #` in it that is not quoted, such as a filter on a JSON path: put the value in single quotes;
- a value that starts with one of ``@ ` % & * ! | > { [ " '``: quote it;
- a quote or a bracket that is never closed, often many lines above the place that is shown;
- a list item that is not indented like the item before it.

SQL is best written as a block (`sql: |`): nothing in a block needs quoting.

There is one document per file: `---` may open it, and a second `---` is refused.)",
        R"(wrong:   - filter: note = 'a: b'       # ": " ends the key
right:   - filter: "note = 'a: b'"
wrong:   	publish: table               # indented by a tab
right:     publish: table)"},
    CodeSpec{Code::yaml_limit, "file goes beyond a limit",
             R"(A limit protects the daemon from files that would take all its memory, by accident or on purpose:

| what | limit |
|---|---|
| a file | 10 MiB |
| mappings and lists inside each other | 64 |
| a line, a value | 1 MiB |
| values in a file; brackets and commas | 1,000,000 |
| values that aliases repeat (`*name`) | 100,000 in a file |
| merge keys (`<<`) | not allowed |

Anchors and aliases may be used within these limits. An alias inside its own anchor is refused, because it has no end.

Merge keys are not part of YAML 1.2, and they hide where a setting comes from: write the keys, or repeat a whole value by an alias.)",
             R"(wrong:   steps: [{ <<: *defaults, name: daily }]
right:   steps: [{ name: daily, retry: *retry }])"},
    CodeSpec{
        Code::yaml_duplicate_key, "the same key twice",
        R"(A mapping holds the same key more than once. YAML tools disagree on which of the two wins; here neither does, so that no setting is
dropped without a word. Remove one of them, or bring their values together under one key.)",
        R"(wrong:   publish: table
         checks: [...]
         publish: view
right:   checks: [...]
         publish: view)"},
    CodeSpec{
        Code::yaml_wrong_kind, "value of the wrong kind",
        R"(The key is right, but its value has another shape than the one wanted: a list where there should be one value, text where there should
be a mapping, a number that is none.

Values are read by YAML 1.2's core schema: only `true` and `false` are booleans. `yes`, `no`, `on` and `off` are text. A quoted value is
always text.)",
        R"(wrong:   publish: [table]
right:   publish: table
wrong:   read_only: yes
right:   read_only: true)"},
    CodeSpec{
        Code::unknown_key, "unknown key",
        R"(The mapping holds a key that means nothing there: a typing error, a key of another level, or one that a newer version knows. It is an
error and never ignored: an ignored `check:` is a table that nobody checks.

The message lists the keys that are allowed. `penstock schema` prints them all with their help, and an editor with a YAML language server
completes them when the file starts with `# yaml-language-server: $schema=...`.)",
        R"(wrong:   - name: daily
           publsh: table
right:   - name: daily
           publish: table)"},
    CodeSpec{Code::missing_key, "missing key",
             R"(A key that this mapping cannot do without is not there. The place shown is the mapping's start.

A step always has a `name` and exactly one of `sql`, `native_sql` and `from`; a pipeline has `pipeline` and `steps`; a source has
`table`; a connection has `type`.)",
             R"(wrong:   steps:
           - sql: select 1 as one
right:   steps:
           - name: one
             sql: select 1 as one)"},
    CodeSpec{
        Code::conflicting_keys, "keys that exclude each other",
        R"(Two keys that stand side by side say different things, and the tool does not choose between them. A step is written in one way: as one
`sql:` SELECT, as a chain (`from:` and `do:`), or as `native_sql:` in the target's own language. Some settings belong to one of the ways
only, such as `columns:` to `native_sql:`.)",
        R"(wrong:   - name: daily
           from: orders
           sql: select * from orders
right:   - name: daily
           sql: select * from orders)"},
    CodeSpec{
        Code::invalid_value, "value not allowed here",
        R"(The value has the right shape, but it is none of those that are allowed, or is out of range: an unknown choice, a duration without a
unit, a count below one.

Durations are a number with its unit, or several: `90s`, `15m`, `1h30m`, `2d`, `500ms`. ISO 8601 (`PT15M`) is understood too.)",
        R"(wrong:   timeout: 15
right:   timeout: 15m
wrong:   severity: warning
right:   severity: warn)"},
    CodeSpec{
        Code::plain_secret, "secret written in plain text",
        R"(A password, token or key stands in the file itself. Files of a project are committed, copied and shown; so a secret may only be
referred to:

- `env:NAME`: an environment variable of the process;
- `file:/path`: the first line of a file;
- `cmd:command`: the first line that a command prints, such as that of a vault's client.

References are followed when a connection is opened. The secret is never in a plan, a log, the store or an answer of the API. If the file
has been committed with the secret in it, change the secret.)",
        R"(wrong:   password: hunter2
right:   password: env:WAREHOUSE_PASSWORD)"},
    CodeSpec{
        Code::cut_text, "comment that cuts a query",
        R"(A comment takes more of the SQL with it than it seems to, and the rest would run without it. YAML and SQL each have comments of their own:

- `--` goes to the end of the line, and a folded value (`>`), like a plain or a quoted one over several lines, is one line for SQL, whatever it
  looks like: everything behind `--` would be gone. An empty line between two lines of a folded value is a real end of line.
- ` #` ends a plain value for YAML, so that SQL never sees what is behind it. `where: a > 1   # only big` is good: the expression is whole.
  It is refused where what stands before it is not whole (an open quote or bracket, an operator at the end), or where what is
  behind goes on with the SQL. Where it may be either, as in `# and paid`, it is a warning.

Write SQL as a block, `sql: |`: there every line is a line, and `#` is nothing special to YAML. Or put the value into quotes, or
write the comment as `/* ... */`.)",
        R"(wrong:   sql: >
           select id, amount   -- in cents
           from orders
right:   sql: |
           select id, amount   -- in cents
           from orders
wrong:   - filter: name <> 'order #7' and paid
right:   - filter: "name <> 'order #7' and paid")"},
};

}  // namespace

std::span<const CodeSpec> file_codes() { return kCodes; }

}  // namespace penstock
