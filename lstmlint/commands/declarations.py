"""The commands with their arguments, options and help texts, as typer declares them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from lstmlint.commands.check import run
from lstmlint.commands.exit_codes import INTERRUPTED
from lstmlint.commands.help import use
from lstmlint.commands.request import Request
from lstmlint.model.findings import SEVERITIES
from lstmlint.model.releases import ALL, known
from lstmlint.reporting import FORMATS
from lstmlint.reporting.comparison import FORMATS as DIFF_FORMATS
from lstmlint.reporting.rows import COLUMNS
from lstmlint.resources import SCHEMAS
from lstmlint.version import __version__

EPILOG = """\b
Other commands (each has a --help):
  lstmlint explain FILE [LAYER]  show how a parameter count is calculated
  lstmlint count LAYER           count the parameters of a layer without a file
  lstmlint diff OLD NEW          compare two models, or two folders of models
  lstmlint convert FILE          convert a model to another version of Keras
  lstmlint compat FILE           show which releases of Keras load a model
  lstmlint rule RULE             explain a rule
  lstmlint rules                 list all rules
  lstmlint schema NAME           print a JSON Schema, for editors and scripts
  lstmlint server                serve an editor, over the Language Server Protocol

\b
Examples:
  lstmlint model.json
  lstmlint models/ --max-params 500k --fail-on warning
  lstmlint unbuilt.json --input-shape 13,5
  lstmlint train.py::build_model --set features=5
  lstmlint models/ --format sarif:lstmlint.sarif --format github

To share options with a team, set them in [tool.lstmlint] in pyproject.toml. In CI, LSTMLINT_OUTPUT_FORMAT,
LSTMLINT_OUTPUT_FILE, LSTMLINT_FAIL_ON, LSTMLINT_COLOR and LSTMLINT_JOBS set the options --format (several separated by
commas), --output, --fail-on, --color and --jobs.

\b
Exit code:
  0  no findings at or above --fail-on
  1  findings at or above --fail-on
  2  a wrong option or setting, a missing file, or an internal error
"""


def examples(*lines: str) -> str:
    """Return the examples at the end of a command's help."""
    return "\n  ".join(("\b\nExamples:", *lines))


HELP = {"help_option_names": ["-h", "--help"]}

Text = str | None
Texts = list[str] | None


class DefaultGroup(TyperGroup):
    """A group with a default command: `lstmlint model.json` does not need `check`."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Return the context of the group if the first argument names a command, else that of the default command."""
        if args:
            own = args[0] in self.list_commands(None) or args[0].startswith(("--install-comp", "--show-comp"))
        else:
            own = bool(extra.get("resilient_parsing"))  # the shell asks what may come first
        if own:
            return super().make_context(info_name, args, parent, **extra)
        return self.commands["check"].make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        return super().invoke(ctx) if ctx.command is self else ctx.command.invoke(ctx)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Complete the first word: a command, or an option of the default command."""
        if not incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return self.commands["check"].shell_complete(ctx, incomplete)

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands other than the default one."""
        return [name for name in self.commands if name != "check"]


def completed(words: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """Return a completion to some words; in a list with commas, of the last one."""

    def offer(incomplete: str) -> list[str]:
        before, comma, begun = incomplete.rpartition(",")
        return [f"{before}{comma}{word}" for word in words() if word.startswith(begun)]

    return offer


def one_of(*words: str) -> Callable[[str], list[str]]:
    """Return a completion to some words."""
    return completed(lambda: words)


@completed
def rule_words() -> Iterable[str]:
    """Return the codes and names of all rules."""
    from lstmlint import rules

    return rules.words()


def value(metavar: str, help: str, *names: str, words: Callable[[str], list[str]] | None = None) -> Any:
    """Declare an option with one value or several. The command checks them: see `request`."""
    return typer.Option(*names, metavar=metavar, help=help, show_default=False, autocompletion=words)


def flag(name: str, help: str, *short: str) -> Any:
    """Declare an option without a value."""
    return typer.Option(name, *short, help=help)


FORMAT = ("--format", "-f", "--output-format")
OUTPUT = ("--output", "-o", "--output-file")
Expect = Annotated[Text, value("N", "Name the mistakes that lead to this count.")]
Format = Annotated[Text, value("NAME", "Output format: text (default) or json.", *FORMAT, words=one_of("text", "json"))]
Language = Annotated[
    Text,
    value(
        "CODE",
        "Language of the explanation: en (default), es, ru or zh.",
        "--lang",
        words=one_of("en", "es", "ru", "zh"),
    ),
]
ThreeFormats = Annotated[
    Text,
    value(
        "NAME",
        "Output format: text (default), json or markdown.",
        *FORMAT,
        words=one_of("text", "json", "markdown"),
    ),
]
InputShape = Annotated[
    Texts,
    value("[NAME=]13,5", "Set the shape of an input, without the batch; None for an unknown dimension. Repeatable."),
]
Batch = Annotated[Text, value("N", "Set the batch size if the model does not.")]
Timesteps = Annotated[Text, value("N", "Set the number of timesteps if the model does not.")]
Set = Annotated[
    Texts,
    value(
        "NAME=VALUE",
        "Give a size that a Python program does not state, under the name in the report: features=5,"
        " 'X.shape=(None,49,2)'. Repeatable.",
    ),
]
Config = Annotated[
    Texts,
    value(
        "FILE|TOML",
        "Use this settings file instead of the nearest one, or override a setting: 'max-params = 50k'. Repeatable.",
    ),
]
Isolated = Annotated[bool, flag("--isolated", "Ignore all settings files.")]
Color = Annotated[
    Text, value("WHEN", "When to use colors: auto (default), always, never.", words=one_of("auto", "always", "never"))
]
Output = Annotated[Text, value("FILE", "Write the result to this file instead of standard output.", *OUTPUT)]
Target = Annotated[
    Texts,
    value(
        "RELEASES",
        "Releases of Keras that must load the models: 3.4, tf2.15, keras3, tfjs or '>=3.3,<3.10'. Repeatable.",
        words=one_of(*ALL),
    ),
]
NoWeights = Annotated[
    bool, flag("--no-weights", "Do not compare the model with the weights stored in or next to its file.")
]

app = typer.Typer(cls=DefaultGroup, context_settings=HELP, pretty_exceptions_enable=False, rich_markup_mode=None)


def show_version(wanted: bool) -> None:
    """Print the version and the releases of Keras that it knows, and exit."""
    if wanted:
        typer.echo(f"lstmlint {__version__} ({known()})")
        raise typer.Exit


@app.command(epilog=EPILOG, context_settings=HELP)
def check(
    paths: Annotated[
        Texts,
        typer.Argument(
            metavar="PATH",
            help="Model files, Python programs, notebooks, folders or globs; - for standard input. The default is the"
            " current folder.",
        ),
    ] = None,
    format: Annotated[
        Texts,
        value(
            "NAME[:FILE]",
            f"Output format: {', '.join(FORMATS)}, or auto: github in GitHub Actions, otherwise text. Repeatable, with a"
            " file for each: --format json:report.json --format github.",
            *FORMAT,
            words=one_of("auto", *FORMATS),
        ),
    ] = None,
    output: Annotated[Text, value("FILE", "Write the report to a file.", *OUTPUT)] = None,
    columns: Annotated[
        Text,
        value(
            "NAMES",
            f"Columns of the table: {', '.join(COLUMNS)}, or all. +macs adds a column to the default ones.",
            words=one_of("all", *COLUMNS, *(f"+{name}" for name in COLUMNS)),
        ),
    ] = None,
    depth: Annotated[Text, value("N", "Show the layers of nested models, N levels deep (default: 0).")] = None,
    input_shape: InputShape = None,
    batch: Batch = None,
    timesteps: Timesteps = None,
    set: Set = None,
    max_params: Annotated[Text, value("N", "Fail if a model has more parameters than this: 50000, 50k, 1.5M.")] = None,
    max_trainable_params: Annotated[
        Text, value("N", "Fail if a model has more trainable parameters than this.")
    ] = None,
    max_layer_params: Annotated[Text, value("N", "Fail if a layer has more parameters than this.")] = None,
    max_weight_bytes: Annotated[
        Text, value("SIZE", "Fail if the weights of a model are larger than this: 256KiB.")
    ] = None,
    dtype: Annotated[
        Text, value("NAME", "Assume that weights are stored as this dtype, for --max-weight-bytes.")
    ] = None,
    max_macs: Annotated[
        Text, value("N", "Fail if a model needs more multiply-accumulates per sample than this.")
    ] = None,
    max_activation_bytes: Annotated[
        Text,
        value(
            "SIZE",
            "Fail if activations need more than this at their peak. Depends on --batch and --timesteps.",
        ),
    ] = None,
    fail_on: Annotated[
        Text,
        value(
            "SEVERITY",
            "Exit with 1 if there is a finding of at least this severity: error (default), warning, info, never.",
            words=one_of(*SEVERITIES, "never"),
        ),
    ] = None,
    exit_zero: Annotated[bool, flag("--exit-zero", "Exit with 0 even if there are findings.", "-e")] = False,
    quiet: Annotated[bool, flag("--quiet", "Print only findings.", "-q")] = False,
    statistics: Annotated[
        bool, flag("--statistics", "Print the number of findings per rule instead of the findings.")
    ] = False,
    select: Annotated[
        Texts,
        value(
            "RULES",
            "Run only these rules: codes, prefixes of codes, names or ALL, separated by commas.",
            words=rule_words,
        ),
    ] = None,
    ignore: Annotated[Texts, value("RULES", "Do not run these rules.", words=rule_words)] = None,
    extend_select: Annotated[Texts, value("RULES", "Run these rules in addition.", words=rule_words)] = None,
    extend_ignore: Annotated[
        Texts,
        value(
            "RULES",
            "Ignore these rules in addition.",
            words=rule_words,
        ),
    ] = None,
    exclude: Annotated[Texts, value("GLOB", "Skip these files and folders. Repeatable.")] = None,
    force_exclude: Annotated[
        bool, flag("--force-exclude", "Apply exclusions also to files named on the command line.")
    ] = False,
    skip_non_models: Annotated[
        bool, flag("--skip-non-models", "Skip named files that do not hold a Keras model, as in folders.")
    ] = False,
    stdin_filename: Annotated[
        Text, value("FILE", "Report standard input under this name, and use the settings for it.")
    ] = None,
    color: Color = None,
    config: Config = None,
    isolated: Isolated = False,
    show_settings: Annotated[bool, flag("--show-settings", "Print the settings that apply to the paths.")] = False,
    no_weights: NoWeights = False,
    baseline: Annotated[
        Text,
        value("FILE", "Report only findings that are not in this baseline, and entries of it that no longer apply."),
    ] = None,
    write_baseline: Annotated[
        Text,
        value("FILE", "Write a baseline of all findings; with --baseline, of those that are already in it."),
    ] = None,
    jobs: Annotated[Text, value("N", "Number of worker processes (default: automatic).")] = None,
    fix: Annotated[
        bool,
        flag(
            "--fix", "Fix JSON files, if that cannot change what the model computes, and report the remaining findings."
        ),
    ] = False,
    diff: Annotated[
        bool, flag("--diff", "Print the changes that --fix would make. Exit with 1 if there are any.")
    ] = False,
    watch: Annotated[bool, flag("--watch", "Check again when a file changes.", "-w")] = False,
    target: Target = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=show_version,
            is_eager=True,
            help="Print the version and the known releases of Keras, and exit.",
        ),
    ] = False,
) -> None:
    """Check Keras model files, and show their shapes and parameter counts, without Keras.

    For one file, print the table of its layers, the totals and the findings. For several, print a line of totals per
    file, and the findings.
    """
    given = {name: value for name, value in locals().items() if name != "version" and value is not None}
    leave(lambda: run(Request(**given)))


@app.command(epilog=examples("lstmlint explain model.json", "lstmlint explain model.json lstm_1 --expect 120"))
def explain(
    path: Annotated[str, typer.Argument(metavar="FILE", help="A model file, or - for standard input.")],
    layer: Annotated[
        Text, typer.Argument(metavar="LAYER", help="One of its layers; encoder/lstm for a layer of a nested model.")
    ] = None,
    expect: Expect = None,
    input_shape: InputShape = None,
    batch: Batch = None,
    timesteps: Timesteps = None,
    set: Set = None,
    format: Format = None,
    lang: Language = None,
    color: Color = None,
    no_weights: NoWeights = False,
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """Show how a model's parameter count is calculated, weight by weight and gate by gate."""
    from lstmlint.commands import explain as command

    request = Request([path], no_weights=no_weights, isolated=isolated, batch=batch, timesteps=timesteps)
    request.input_shape, request.set, request.config = input_shape or [], set or [], config or []
    request.color = color
    leave(lambda: command.explain(request, layer, expect, format, lang))


@app.command(
    epilog=examples(
        'lstmlint count "LSTM(10)" --input 13,1 --expect 120',
        'lstmlint count "Bidirectional(GRU(32))" --input 20,8',
        'lstmlint count "MultiHeadAttention(4, 16)" --input 10,64 --input 10,64',
    )
)
def count(
    expression: Annotated[
        str, typer.Argument(metavar="LAYER", help="A layer as written in Python: 'LSTM(10, return_sequences=True)'.")
    ],
    input: Annotated[
        Texts, value("13,5", "The shape of the input, without the batch. Repeatable, for layers with several inputs.")
    ] = None,
    expect: Expect = None,
    batch: Annotated[Text, value("N", "Set the batch size, for stateful layers.")] = None,
    format: Format = None,
    lang: Language = None,
    color: Color = None,
) -> None:
    """Show the shapes and the parameter count of a layer, without a file. The layer is parsed, never evaluated."""
    from lstmlint.commands import explain as command

    leave(lambda: command.count(expression, input or [], expect, batch, format, lang, color))


@app.command(
    epilog=examples(
        "lstmlint convert old.h5 -o model.json",
        "lstmlint convert old.json > model.json",
        "lstmlint convert model.json --to 3.4 --in-place",
        "lstmlint convert model.keras --to tf2.15 -o model.h5",
        "lstmlint convert model.keras --to tfjs -o web/model.json",
    )
)
def convert(
    path: Annotated[
        str, typer.Argument(metavar="FILE", help="A model file of any version of Keras, or - for standard input.")
    ],
    to: Annotated[
        str,
        value(
            "RELEASE",
            "The Keras to convert to: keras3 (default, the newest Keras 3) or any of its releases, such as 3.4; keras2 (the"
            " newest Keras 2), tf2.0 to tf2.15, a tf_keras such as tf_keras2.16, or tfjs for TensorFlow.js.",
        ),
    ] = "keras3",
    output: Annotated[
        Text,
        value(
            "FILE",
            "Write the result to this file instead of standard output: JSON, or .keras and .h5 with the weights. For tfjs,"
            " the weights of FILE are written beside it.",
            *OUTPUT,
        ),
    ] = None,
    allow_changes: Annotated[
        bool,
        flag(
            "--allow-changes",
            "Convert even if that Keras computes other values, as long as counts and shapes are the same.",
        ),
    ] = False,
    in_place: Annotated[
        bool, flag("--in-place", "Replace FILE by the result, and keep the old file as FILE.bak.")
    ] = False,
    set: Set = None,
) -> None:
    """Convert a model, JSON, YAML, .keras or .h5, for another Keras: its JSON, or a whole file with the weights.

    The result has the same counts and shapes; a model for which that is impossible is not converted.

    Exit code: 0 if the model is converted; 1 if it is not, with the reasons on standard error; 2 for a wrong option or
    an internal error.
    """
    from lstmlint.commands import convert as command

    leave(lambda: command.run(path, to, output, allow_changes, in_place, set or []))


@app.command(
    epilog=examples("lstmlint compat model.json", "lstmlint compat model.keras --target 'keras>=3.4' --target tf2.15")
)
def compat(
    paths: Annotated[
        Texts, typer.Argument(metavar="FILE", help="Model files, folders or globs; - for standard input.")
    ] = None,
    target: Target = None,
    format: Format = None,
    output: Output = None,
    color: Color = None,
    no_weights: NoWeights = False,
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """Show which releases of Keras load a model, and what stops the others.

    With --target, show only these releases.

    Exit code: 0 in general; 1 if a file does not hold a model, or a target does not load it; 2 for a wrong option or
    setting, a missing file, or an internal error.
    """
    from lstmlint.commands import compat as command

    request = Request(paths or [], no_weights=no_weights, isolated=isolated, output=output, color=color)
    request.target, request.config = target or [], config or []
    leave(lambda: command.run(request, format))


@app.command()
def rule(
    code: Annotated[
        str,
        typer.Argument(
            metavar="RULE", help="The code or name of a rule: R208, single-timestep.", autocompletion=rule_words
        ),
    ],
    format: ThreeFormats = None,
) -> None:
    """Explain a rule: what it finds and why, how to fix it, an example that fails and one that passes."""
    from lstmlint.commands import rules as command

    leave(lambda: command.show_rule(code, format))


@app.command()
def rules(format: ThreeFormats = None) -> None:
    """List all rules with code, name, severity, and whether they run by default."""
    from lstmlint.commands import rules as command

    leave(lambda: command.show_rules(format))


@app.command(epilog=examples("lstmlint schema model -o model.schema.json", "lstmlint schema report"))
def schema(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help=f"Which schema: {', '.join(SCHEMAS)}.", autocompletion=one_of(*SCHEMAS)),
    ],
    output: Output = None,
) -> None:
    """Print a JSON Schema: of Keras models, of the settings, or of the output of --format json or diff."""
    from lstmlint.commands import schema as command

    leave(lambda: command.run(name, output))


@app.command()
def server() -> None:
    """Serve an editor over the Language Server Protocol, on standard input and output. Needs the extra lsp."""
    from lstmlint.commands import server as command

    leave(command.serve)


@app.command(
    epilog=examples("lstmlint diff old.json new.json", "lstmlint diff main:model.json model.json --max-increase 5%")
)
def diff(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD", help="A model file, a folder, - for standard input, or a file in git: REVISION:PATH."
        ),
    ],
    new: Annotated[
        str,
        typer.Argument(metavar="NEW", help="The same kinds as OLD. Examples: main:model.json, HEAD~1:./model.json."),
    ],
    max_increase: Annotated[
        Text, value("N|N%", "Exit with 1 if a model has grown by more parameters than this: 1000, 50k, 5%.")
    ] = None,
    input_shape: InputShape = None,
    batch: Batch = None,
    timesteps: Timesteps = None,
    set: Set = None,
    format: Annotated[
        Text,
        value(
            "NAME",
            f"Output format: {', '.join(DIFF_FORMATS)} (default: text).",
            *FORMAT,
            words=one_of(*DIFF_FORMATS),
        ),
    ] = None,
    output: Output = None,
    color: Color = None,
    no_weights: NoWeights = False,
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """Compare two models: layers, shapes, parameters, bytes, MACs and findings.

    Given two folders, compare the models with the same path in both. Options apply to both sides.

    Exit code: 0 if the models were compared; 1 if one has grown by more than --max-increase, or a model in NEW cannot
    be read; 2 for a wrong option or setting, a missing file, or an internal error.
    """
    from lstmlint.commands import diff as command

    request = Request([old, new], no_weights=no_weights, isolated=isolated, batch=batch, timesteps=timesteps)
    request.input_shape, request.config, request.output = input_shape or [], config or [], output
    request.set, request.color = set or [], color
    leave(lambda: command.diff(request, max_increase, format))


def leave(work: Callable[[], int]) -> None:
    """Do the work and exit with its exit code."""
    try:
        code = work()
    except KeyboardInterrupt:
        code = INTERRUPTED
    raise typer.Exit(code)


def run_typer(arguments: Sequence[str]) -> int:
    """Parse a command line with typer, run it and return its exit code."""
    group: Any = typer.main.get_command(app)
    for command in (group, *group.commands.values()):
        use(command)
        for parameter in command.params:
            if parameter.param_type_name == "argument":
                parameter.display_type_rich = lambda ctx: None  # typer would add Python's: PATH <list[str]>
    try:
        group.main(list(arguments), prog_name="lstmlint")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return 0
