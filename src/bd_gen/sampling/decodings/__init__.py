import bd_gen.sampling.strategies  # noqa: F401 - which registers the files here in their order
