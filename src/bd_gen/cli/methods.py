"""`bd-gen methods`: what a sampling method is made of."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bd_gen.sampling.strategies import Order

_ROOMS = 8


@click.command("methods")
@click.argument("names", nargs=-1)
def command(names: tuple[str, ...]) -> None:
    """List orders, decodings, remaskings and sweeps, or explain methods by NAME.

    A method is {v2_}ORDER_DECODING_REMASKING{_SWEEPS}{_realizable}, as in
    llada_topp0.9_remdm_cap_eta0.4 or rooms_temp1.0_no_remask_sweep2; v2_ marks a learned forward
    process.
    """
    from bd_gen.sampling.names import NO_REMASKING, REALIZABLE
    from bd_gen.sampling.settings import config_settings
    from bd_gen.sampling.strategies import DECODINGS, ORDERS, REMASKINGS, SWEEP_KINDS

    for name in names:
        _explain(name)
    if names:
        return
    keys = [one.key for one in config_settings() if one.key.startswith("remasking.")]
    _list("Orders (eval.unmasking_mode)", ORDERS)
    _list("Decodings", DECODINGS)
    first = (NO_REMASKING, "what is revealed stays")
    _list(f"Remaskings (eval.{', '.join(keys).replace(' remasking.', ' ')})", REMASKINGS, first)
    _list(f"Sweeps (eval.sweeps=2, eval.sweep_kind={' or '.join(SWEEP_KINDS)})", SWEEP_KINDS)
    click.echo("Which draws are kept (eval.only_realizable):")
    click.echo(f"  {f'...{REALIZABLE}':24} draw anew until there is a layout of the diagram")
    click.echo()
    _tell_exactness(ORDERS)


def _list(title: str, registry: Mapping[str, Any], *first: tuple[str, str]) -> None:
    from bd_gen.sampling.names import lines

    click.echo(f"{title}:")
    for name, text in (*first, *((line.name, line.help) for line in lines(registry))):
        click.echo(f"  {name:24} {text}")
    click.echo()


def _tell_exactness(orders: "Mapping[str, type[Order]]") -> None:
    from bd_gen.sampling.names import listed

    def those(when: str) -> str:
        return listed([n for n, o in orders.items() if o.may_be_exact and o.exact_when == when])

    stepless = listed([name for name, one in orders.items() if not one.has_steps], "or")
    click.echo(
        f"Exact (samples follow the model's distribution): {those('yes')} with temp1.0;\n"
        f"{those('at one token a step')} with temp1.0 when every step reveals at most one token\n"
        f"(sampling_steps well above the number of tokens). {those('as steps grow')} with temp1.0, "
        "with or without\n"
        "remasking, comes close as sampling_steps grow. Everything else is biased; sweeps make\n"
        "that less, and leave what is exact exact. docs/sampling.md says how much.\n"
        f"Not possible: {stepless} with remasking (they reveal each token once)."
    )


def _explain(name: str) -> None:
    from bd_gen.sampling.method import Method
    from bd_gen.system.errors import InputError

    try:
        method = Method.from_name(name)
    except ValueError as error:
        raise InputError(str(error)) from None
    exact = "exact" if method.is_exact else "not exact"
    same = "" if method.is_stochastic else ", always the same diagram for a number of rooms"
    click.echo(f"{method.name}: {exact}{same}")
    for key, value in method.settings.items():
        click.echo(f"  {key}: {value}")
    at_most = "at most " if method.has_steps else ""
    calls = f"{at_most}{method.most_calls(_ROOMS):,}"
    click.echo(f"  network calls for a diagram of {_ROOMS} rooms: {calls}")
