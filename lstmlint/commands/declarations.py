"""The commands as typer declares them: the reference for what the command line takes, and its help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from lstmlint.commands.check import run
from lstmlint.commands.exit_codes import INTERRUPTED
from lstmlint.commands.request import Request
from lstmlint.model.findings import SEVERITIES
from lstmlint.reporting import FORMATS
from lstmlint.reporting.rows import COLUMNS
from lstmlint.version import __version__

# \b keeps lines as they are; what is shown stays within 80 columns.
EPILOG = """\b
Other commands, each with a --help:
  lstmlint explain FILE [LAYER]     where a count comes from
  lstmlint count LAYER              the same without a file
  lstmlint diff OLD NEW             what changed between two models
  lstmlint convert FILE             the model as Keras 3 writes it
  lstmlint rule RULE                what a rule finds, and why
  lstmlint rules                    all rules

\b
Examples:
  lstmlint model.json
  lstmlint models/ --max-params 500k --fail-on warning
  lstmlint unbuilt.json --input-shape 13,5
  lstmlint models/ --format sarif:lstmlint.sarif --format github

Options that a team agrees on belong into [tool.lstmlint] of pyproject.toml.

\b
Exit code:
  0  nothing at or above --fail-on
  1  findings at or above --fail-on
  2  a mistake in the call or the settings, a missing file, or a defect
"""


def examples(*lines: str) -> str:
    """What is shown at the end of a command's help."""
    return "\n  ".join(("\b\nExamples:", *lines))


HELP = {"help_option_names": ["-h", "--help"]}

Text = str | None
Texts = list[str] | None


class DefaultGroup(TyperGroup):
    """A group whose first command is meant where none is named: `lstmlint model.json` needs no `check`."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the command that the arguments mean."""
        if args:
            own = args[0] in self.list_commands(None) or args[0].startswith(("--install-comp", "--show-comp"))
        else:
            own = bool(extra.get("resilient_parsing"))  # the shell asks what may come first
        if own:
            return super().make_context(info_name, args, parent, **extra)
        return self.commands["check"].make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run that command."""
        return super().invoke(ctx) if ctx.command is self else ctx.command.invoke(ctx)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """What may come first: a command, or an option of the command that needs no name."""
        if not incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return self.commands["check"].shell_complete(ctx, incomplete)

    def list_commands(self, ctx: Any) -> list[str]:
        """Those that need naming."""
        return [name for name in self.commands if name != "check"]


def completed(words: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """What the shell offers for a word, or for the last one of several with commas."""

    def offer(incomplete: str) -> list[str]:
        before, comma, begun = incomplete.rpartition(",")
        return [f"{before}{comma}{word}" for word in words() if word.startswith(begun)]

    return offer


def one_of(*words: str) -> Callable[[str], list[str]]:
    """Completion to one of some words."""
    return completed(lambda: words)


@completed
def rule_words() -> Iterable[str]:
    """The rules' codes and names."""
    from lstmlint import rules

    return rules.words()


def value(metavar: str, help: str, *names: str, words: Callable[[str], list[str]] | None = None) -> Any:
    """An option with a value, or with several. What the values mean is checked later, in one place."""
    return typer.Option(*names, metavar=metavar, help=help, show_default=False, autocompletion=words)


def flag(name: str, help: str, *short: str) -> Any:
    """An option without a value."""
    return typer.Option(name, *short, help=help)


Expect = Annotated[Text, value("N", "A number that somebody counted: which mistake leads to it?")]
Format = Annotated[Text, value("NAME", "text (the default) or json.", "--format", "-f", words=one_of("text", "json"))]
ThreeFormats = Annotated[
    Text,
    value("NAME", "text (the default), json or markdown.", "--format", "-f", words=one_of("text", "json", "markdown")),
]
InputShape = Annotated[
    Texts, value("[NAME=]13,5", "The shape of an input without the batch; None where unknown. May be repeated.")
]
Batch = Annotated[Text, value("N", "The batch size, where the model leaves it open.")]
Timesteps = Annotated[Text, value("N", "The timesteps, where the model leaves them open.")]
Config = Annotated[
    Texts,
    value("FILE|TOML", "A settings file instead of the nearest one, or a line of settings: 'max-params = 50000'."),
]
Isolated = Annotated[bool, flag("--isolated", "Read no settings files.")]
NoWeights = Annotated[bool, flag("--no-weights", "Do not look at weights that are stored beside the model.")]

app = typer.Typer(cls=DefaultGroup, context_settings=HELP, pretty_exceptions_enable=False, rich_markup_mode=None)


def show_version(wanted: bool) -> None:
    """Print the version, and leave."""
    if wanted:
        typer.echo(f"lstmlint {__version__}")
        raise typer.Exit


@app.command(epilog=EPILOG, context_settings=HELP)
def check(
    paths: Annotated[
        Texts, typer.Argument(metavar="PATH", help="Model files, folders, globs, or - for standard input.")
    ] = None,
    format: Annotated[
        Texts,
        value(
            "NAME[:FILE]",
            f"{', '.join(FORMATS)}; auto is github under GitHub Actions, else text. May be repeated:"
            " --format json:report.json --format github.",
            "--format",
            "-f",
            words=one_of("auto", *FORMATS),
        ),
    ] = None,
    output: Annotated[Text, value("FILE", "Write the report there, not to standard output.", "--output", "-o")] = None,
    columns: Annotated[
        Text,
        value(
            "NAMES",
            f"Columns of the table: {', '.join(COLUMNS)}, all; +macs adds to the usual ones.",
            words=one_of("all", *COLUMNS, *(f"+{name}" for name in COLUMNS)),
        ),
    ] = None,
    depth: Annotated[
        Text, value("N", "Show the layers of nested models, N levels deep; 0 (the default) shows none.")
    ] = None,
    input_shape: InputShape = None,
    batch: Batch = None,
    timesteps: Timesteps = None,
    max_params: Annotated[Text, value("N", "Fail a model with more parameters (50000, 50k, 1.5M).")] = None,
    max_trainable_params: Annotated[Text, value("N", "Fail a model with more trainable parameters.")] = None,
    max_layer_params: Annotated[Text, value("N", "Fail a layer with more parameters.")] = None,
    max_weight_bytes: Annotated[Text, value("SIZE", "Fail a model whose weights are larger (256KiB).")] = None,
    dtype: Annotated[Text, value("NAME", "The dtype that weights are stored as, for --max-weight-bytes.")] = None,
    max_macs: Annotated[Text, value("N", "Fail a model with more multiply-accumulates for one sample.")] = None,
    max_activation_bytes: Annotated[
        Text, value("SIZE", "Fail a model whose activations need more at their peak, for --batch and --timesteps.")
    ] = None,
    fail_on: Annotated[
        Text,
        value(
            "SEVERITY",
            "Exit with 1 from this severity on: error (the default), warning, info, never.",
            words=one_of(*SEVERITIES, "never"),
        ),
    ] = None,
    exit_zero: Annotated[bool, flag("--exit-zero", "Exit with 0 whatever is found.", "-e")] = False,
    quiet: Annotated[bool, flag("--quiet", "Print findings only.", "-q")] = False,
    statistics: Annotated[bool, flag("--statistics", "Print how often each rule was found, not the findings.")] = False,
    select: Annotated[
        Texts,
        value("RULES", "Run these rules only: codes, beginnings of codes, names, ALL; with commas.", words=rule_words),
    ] = None,
    ignore: Annotated[Texts, value("RULES", "Leave these rules out.", words=rule_words)] = None,
    extend_select: Annotated[Texts, value("RULES", "Run these rules too.", words=rule_words)] = None,
    extend_ignore: Annotated[Texts, value("RULES", "The same as --ignore.", words=rule_words)] = None,
    exclude: Annotated[Texts, value("GLOB", "Pass over these files and folders. May be repeated.")] = None,
    force_exclude: Annotated[bool, flag("--force-exclude", "Exclude files that are named, too.")] = False,
    skip_non_models: Annotated[
        bool, flag("--skip-non-models", "Pass over files that hold no Keras model, as in folders.")
    ] = False,
    stdin_filename: Annotated[Text, value("FILE", "The name of standard input in reports, and for settings.")] = None,
    color: Annotated[
        Text, value("WHEN", "auto (the default), always, never.", words=one_of("auto", "always", "never"))
    ] = None,
    config: Config = None,
    isolated: Isolated = False,
    show_settings: Annotated[bool, flag("--show-settings", "Print the settings that hold for the paths.")] = False,
    no_weights: NoWeights = False,
    baseline: Annotated[
        Text, value("FILE", "Report only findings that are not in this baseline, and what is in it and gone.")
    ] = None,
    write_baseline: Annotated[
        Text,
        value("FILE", "Write a baseline of all that is found; with --baseline, of what is left of that one."),
    ] = None,
    jobs: Annotated[Text, value("N", "Worker processes for many files; as many as pay, without it.")] = None,
    fix: Annotated[
        bool,
        flag("--fix", "Rewrite JSON files where an edit cannot change what the model computes; report what is left."),
    ] = False,
    diff: Annotated[
        bool, flag("--diff", "Print what --fix would change, and exit with 1 if there is anything.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Shapes, parameter counts and findings for Keras model files, without Keras.

    One file: a table of its layers, the totals, the findings. Several: a line of totals for each, and the findings.
    """
    given = {name: value for name, value in locals().items() if name != "version" and value is not None}
    leave(lambda: run(Request(**given)))


@app.command(epilog=examples("lstmlint explain model.json", "lstmlint explain model.json lstm_1 --expect 120"))
def explain(
    path: Annotated[str, typer.Argument(metavar="FILE", help="A model file, or - for standard input.")],
    layer: Annotated[
        Text, typer.Argument(metavar="LAYER", help="One of its layers; encoder/lstm for a nested one.")
    ] = None,
    expect: Expect = None,
    input_shape: InputShape = None,
    batch: Batch = None,
    timesteps: Timesteps = None,
    format: Format = None,
    no_weights: NoWeights = False,
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """Where a model's number of parameters comes from: the arithmetic, weight by weight and gate by gate."""
    from lstmlint.commands import explain as command

    request = Request([path], no_weights=no_weights, isolated=isolated, batch=batch, timesteps=timesteps)
    request.input_shape, request.config = input_shape or [], config or []
    leave(lambda: command.explain(request, layer, expect, format))


@app.command(
    epilog=examples(
        'lstmlint count "LSTM(10)" --input 13,1 --expect 120',
        'lstmlint count "Bidirectional(GRU(32))" --input 20,8',
        'lstmlint count "MultiHeadAttention(4, 16)" --input 10,64 --input 10,64',
    )
)
def count(
    expression: Annotated[
        str, typer.Argument(metavar="LAYER", help="As in Python: 'LSTM(10, return_sequences=True)'.")
    ],
    input: Annotated[
        Texts, value("13,5", "The shape of the input without the batch. May be repeated, for layers with several.")
    ] = None,
    expect: Expect = None,
    batch: Annotated[Text, value("N", "The batch size, for stateful layers.")] = None,
    format: Format = None,
) -> None:
    """The shapes and parameters of a layer, without a file. The layer is read, never evaluated."""
    from lstmlint.commands import explain as command

    leave(lambda: command.count(expression, input or [], expect, batch, format))


@app.command(epilog=examples("lstmlint convert old.h5 -o model.json", "lstmlint convert old.json > model.json"))
def convert(
    path: Annotated[str, typer.Argument(metavar="FILE", help="A model file of any Keras, or - for standard input.")],
    to: Annotated[str, value("DIALECT", "What to write: keras3 (the default).")] = "keras3",
    output: Annotated[Text, value("FILE", "Write there, not to standard output.", "--output", "-o")] = None,
    allow_changes: Annotated[
        bool, flag("--allow-changes", "Convert even where Keras 3 computes other values at the same sizes.")
    ] = False,
) -> None:
    """A model as Keras 3 writes it, for keras.models.model_from_json: to the same counts and shapes, or not at all.

    Exit code: 0 converted, 1 not converted, and standard error says why, 2 a mistake in the call or lstmlint itself.
    """
    from lstmlint.commands import convert as command

    leave(lambda: command.run(path, to, output, allow_changes))


@app.command()
def rule(
    code: Annotated[
        str,
        typer.Argument(metavar="RULE", help="Its code or its name: R208, single-timestep.", autocompletion=rule_words),
    ],
    format: ThreeFormats = None,
) -> None:
    """One rule: what it finds and why, how to mend it, an example that fails and one that passes."""
    from lstmlint.commands import rules as command

    leave(lambda: command.show_rule(code, format))


@app.command()
def rules(format: ThreeFormats = None) -> None:
    """All rules: code, name, severity, and whether they run without being selected."""
    from lstmlint.commands import rules as command

    leave(lambda: command.show_rules(format))


@app.command(
    epilog=examples("lstmlint diff old.json new.json", "lstmlint diff main:model.json model.json --max-increase 5%")
)
def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="A model file, - for standard input, or REVISION:PATH of git.")
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same; main:model.json, HEAD~1:./model.json.")],
    max_increase: Annotated[
        Text, value("N|N%", "Exit with 1 if the model has more parameters by more than this (1000, 50k, 5%).")
    ] = None,
    input_shape: InputShape = None,
    batch: Batch = None,
    timesteps: Timesteps = None,
    format: ThreeFormats = None,
    output: Annotated[Text, value("FILE", "Write there, not to standard output.", "--output", "-o")] = None,
    no_weights: NoWeights = False,
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """What changed between two models: layers, shapes, parameters, bytes, MACs, findings.

    The options hold for both models. Exit code: 0 compared, 1 grown by more than --max-increase or NEW unreadable,
    2 a mistake in the call, the settings or lstmlint itself.
    """
    from lstmlint.commands import diff as command

    request = Request([old, new], no_weights=no_weights, isolated=isolated, batch=batch, timesteps=timesteps)
    request.input_shape, request.config, request.output = input_shape or [], config or [], output
    leave(lambda: command.diff(request, max_increase, format))


def leave(work: Callable[[], int]) -> None:
    """Do the work and leave with its exit code."""
    try:
        code = work()
    except KeyboardInterrupt:
        code = INTERRUPTED
    raise typer.Exit(code)


def run_typer(arguments: Sequence[str]) -> int:
    """The exit code of a command line that typer takes apart."""
    group: Any = typer.main.get_command(app)
    for command in group.commands.values():
        for parameter in command.params:
            if parameter.param_type_name == "argument":
                parameter.display_type_rich = lambda ctx: None  # typer would add Python's: PATH <list[str]>
    try:
        group.main(list(arguments), prog_name="lstmlint")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return 0
