"""From a brief to plans.

The front door's verb `bd_gen.design` has the name of this package, and importing a package makes
it an attribute of its parent. So the package can be called, whatever was imported first.
"""

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """The package as the verb of the front door."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """See `bd_gen.api.designing.design`."""
        from bd_gen.api.designing import design

        return design(*arguments, **options)


sys.modules[__name__].__class__ = _Callable
