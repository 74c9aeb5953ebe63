"""bd-gen: residential bubble diagrams by masked discrete diffusion, and their evaluation.

The names below are the front door (docs/python.md). Each is imported when it is first used, so
that `import bd_gen` and the command line start at once.
"""

from bd_gen.system.version import __version__ as __version__

TYPE_CHECKING = False  # of `typing`, whose loading Ctrl-C would end with a traceback

if TYPE_CHECKING:
    from bd_gen.api.designing import Design as Design
    from bd_gen.api.designing import design as design
    from bd_gen.api.diagram import Diagram as Diagram
    from bd_gen.api.drawing import draw as draw
    from bd_gen.api.evaluation import evaluate as evaluate
    from bd_gen.api.layout import NoLayout as NoLayout
    from bd_gen.api.layout import Undecided as Undecided
    from bd_gen.api.layout import lay_out as lay_out
    from bd_gen.api.model import Model as Model
    from bd_gen.api.model import load as load
    from bd_gen.api.plan import Plan as Plan
    from bd_gen.api.plan import export as export
    from bd_gen.api.plan import read_plans as read_plans
    from bd_gen.api.plan_evaluation import evaluate_plans as evaluate_plans
    from bd_gen.api.plugins import plugin as plugin
    from bd_gen.api.studio import Studio as Studio
    from bd_gen.data.config import DataConfig as DataConfig
    from bd_gen.diagrams.vocabulary import Vocabulary as Vocabulary
    from bd_gen.diagrams.words import Words as Words
    from bd_gen.diagrams.words_file import words_named as words_named
    from bd_gen.system.errors import InputError as InputError

_HOME = {
    "DataConfig": "bd_gen.data.config",
    "Design": "bd_gen.api.designing",
    "Diagram": "bd_gen.api.diagram",
    "InputError": "bd_gen.system.errors",
    "Model": "bd_gen.api.model",
    "NoLayout": "bd_gen.api.layout",
    "Plan": "bd_gen.api.plan",
    "Studio": "bd_gen.api.studio",
    "Undecided": "bd_gen.api.layout",
    "Vocabulary": "bd_gen.diagrams.vocabulary",
    "Words": "bd_gen.diagrams.words",
    "design": "bd_gen.design",  # the package itself, which can be called
    "draw": "bd_gen.api.drawing",
    "evaluate": "bd_gen.api.evaluation",
    "evaluate_plans": "bd_gen.api.plan_evaluation",
    "export": "bd_gen.api.plan",
    "lay_out": "bd_gen.api.layout",
    "load": "bd_gen.api.model",
    "plugin": "bd_gen.api.plugins",
    "read_plans": "bd_gen.api.plan",
    "words_named": "bd_gen.diagrams.words_file",
}

_NEED_PLUGINS = (
    "Studio",
    "design",
    "evaluate",
    "evaluate_plans",
    "export",
    "lay_out",
    "load",
    "read_plans",
)
"""What asks for things by name: the plug-ins of installed packages are imported before."""

__all__ = ["__version__", *_HOME]

if not TYPE_CHECKING:  # a type checker would take every name for known

    def __getattr__(name: str) -> object:
        """The name, imported from where it lives."""
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        if name in _NEED_PLUGINS:
            from bd_gen.system.plugins import load_installed

            load_installed()
        home = import_module(_HOME[name])
        value = home if _HOME[name] == f"{__name__}.{name}" else getattr(home, name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        """What there is, imported or not."""
        return sorted({*globals(), *_HOME})
