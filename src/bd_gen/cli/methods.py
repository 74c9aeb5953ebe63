"""`bd-gen methods`: what a sampling method is made of."""

import click

_ORDERS = (
    ("random", "each masked token by itself, with the reverse process's probability"),
    ("llada", "draw all masked tokens, keep the most confident draws"),
    ("confidence", "the place whose best value is most probable, chosen before drawing"),
    ("margin", "the place whose best value leads the second by most, chosen before drawing"),
    ("first_hitting", "one token a call, at the times of the reverse process itself"),
    ("rooms", "one token a call: a random order of rooms, each with its edges to earlier ones"),
)
_DECODINGS = (
    ("temp1.0", "draw from the model's probabilities (eval.temperature=1)"),
    ("temp0.8", "draw from p^(1/0.8), normalised (eval.temperature=0.8)"),
    ("topp0.9", "draw from the smallest set of values with probability 0.9 (eval.top_p=0.9)"),
    ("argmax", "take the most probable value (eval.temperature=0)"),
)
_REMASKINGS = (
    ("no_remask", "what is revealed stays"),
    ("remdm_cap_eta0.4", "mask again with probability min(0.4, sigma_max)"),
    ("remdm_rescale_eta0.4", "mask again with probability 0.4 sigma_max"),
    (
        "remdm_confidence_tsw0.5",
        "doubtful tokens go, by shares of sigma_max, at t < 0.5 (published)",
    ),
    ("remdm_compensated_tsw0.5", "the same, and as many more are revealed, as in the others"),
    ("remdm_loop_eta0.02", "go to 90 % visible, mask and reveal there for a while, then finish"),
)
_SWEEPS = (
    ("sweep2", "then draw every token again, twice, each given all the others"),
    ("roomsweep2", "the same, but mask a room with its edges and draw those one by one"),
)
_ROOMS = 8


@click.command("methods")
@click.argument("names", nargs=-1)
def command(names: tuple[str, ...]) -> None:
    """List orders, decodings, remaskings and sweeps, or explain methods by NAME.

    A method is {v2_}ORDER_DECODING_REMASKING{_SWEEPS}{_realizable}, as in
    llada_topp0.9_remdm_cap_eta0.4 or rooms_temp1.0_no_remask_sweep2; v2_ marks a learned forward
    process.
    """
    if names:
        for name in names:
            _explain(name)
        return
    for title, rows in (
        ("Orders (eval.unmasking_mode)", _ORDERS),
        ("Decodings", _DECODINGS),
        ("Remaskings (eval.remasking.strategy, eta, t_switch)", _REMASKINGS),
        ("Sweeps (eval.sweeps=2, eval.sweep_kind=tokens or rooms)", _SWEEPS),
    ):
        click.echo(f"{title}:")
        for name, text in rows:
            click.echo(f"  {name:24} {text}")
        click.echo()
    click.echo("Which draws are kept (eval.only_realizable):")
    click.echo(f"  {'..._realizable':24} draw anew until there is a layout of the diagram")
    click.echo()
    click.echo(
        "Exact (samples follow the model's distribution): first_hitting and rooms with temp1.0;\n"
        "confidence and margin with temp1.0 when every step reveals at most one token\n"
        "(sampling_steps well above the number of tokens). random with temp1.0, with or without\n"
        "remasking, comes close as sampling_steps grow. Everything else is biased; sweeps make\n"
        "that less, and leave what is exact exact. docs/sampling.md says how much.\n"
        "Not possible: first_hitting or rooms with remasking (they reveal each token once)."
    )


def _explain(name: str) -> None:
    from bd_gen.sampling.method import Method
    from bd_gen.system.errors import InputError

    try:
        method = Method.from_name(name)
    except ValueError as error:
        raise InputError(str(error)) from None
    exact = "exact" if method.is_exact else "not exact"
    click.echo(f"{method.name}: {exact}")
    for key, value in method.settings.items():
        click.echo(f"  {key}: {value}")
    at_most = "at most " if method.has_steps else ""
    calls = f"{at_most}{method.most_calls(_ROOMS):,}"
    click.echo(f"  network calls for a diagram of {_ROOMS} rooms: {calls}")
