import bd_gen.sampling.strategies  # noqa: F401 - so that any file here can be imported first
