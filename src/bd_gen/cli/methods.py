"""`bd-gen methods`: what a sampling method is made of."""

import click

_ORDERS = (
    ("random", "each masked token by itself, with the reverse process's probability"),
    ("llada", "draw all masked tokens, keep the most confident draws"),
    ("confidence", "the place whose best value is most probable, chosen before drawing"),
    ("margin", "the place whose best value leads the second by most, chosen before drawing"),
    ("first_hitting", "one token a call, at the times of the reverse process itself"),
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
    ("remdm_confidence_tsw0.5", "sigma_max shared out to doubtful tokens, at t < 0.5"),
    ("remdm_loop_eta0.02", "go to 90 % visible, mask and reveal there for a while, then finish"),
)


@click.command("methods")
@click.argument("names", nargs=-1)
def command(names: tuple[str, ...]) -> None:
    """List orders, decodings and remaskings, or explain methods by NAME.

    A method is {v2_}ORDER_DECODING_REMASKING{_realizable}, as in
    llada_topp0.9_remdm_cap_eta0.4; v2_ marks a learned forward process.
    """
    if names:
        for name in names:
            _explain(name)
        return
    for title, rows in (
        ("Orders (eval.unmasking_mode)", _ORDERS),
        ("Decodings", _DECODINGS),
        ("Remaskings (eval.remasking.strategy, eta, t_switch)", _REMASKINGS),
    ):
        click.echo(f"{title}:")
        for name, text in rows:
            click.echo(f"  {name:24} {text}")
        click.echo()
    click.echo("Which draws are kept (eval.only_realizable):")
    click.echo(f"  {'..._realizable':24} draw anew until there is a layout of the diagram")
    click.echo()
    click.echo(
        "Exact (samples follow the model's distribution): first_hitting with temp1.0; confidence\n"
        "and margin with temp1.0 when every step reveals at most one token (sampling_steps well\n"
        "above the number of tokens). random with temp1.0, with or without remasking, comes\n"
        "close as sampling_steps grow. Everything else is biased; docs/sampling.md says how much.\n"
        "Not possible: first_hitting with remasking (each token is revealed once, at its time)."
    )


def _explain(name: str) -> None:
    from bd_gen.errors import InputError
    from bd_gen.sampling.method import Method

    try:
        method = Method.from_name(name)
    except ValueError as error:
        raise InputError(str(error)) from None
    exact = "exact" if method.is_exact else "not exact"
    click.echo(f"{method.name}: {exact}")
    for key, value in method.settings.items():
        click.echo(f"  {key}: {value}")
